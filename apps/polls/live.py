"""Polls on the socket: what is asked, how many answered, the results for each audience, and the vote."""

from typing import Annotated, ClassVar

from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from apps.core import clock
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Rate, Shed, StateTopic, Who, register
from apps.polls import broadcasts, permissions, selectors, services
from apps.polls.kinds import Id, Said
from apps.tracks import selectors as tracks
from apps.tracks.models import Session


def let_in(who: Who, session_id: int | None) -> None:
    """Into the session of a poll; those of the event are everybody's."""
    tracks.check_enters(who.event_id, session_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)


@register
class SessionPolls(StateTopic):
    pattern = "session/{session_id:int}/polls"
    access = Access.ATTENDEE

    def guard(self, who: Who, session_id: int) -> None:
        if not Session.objects.on_agenda().filter(event_id=who.event_id, pk=session_id).exists():
            raise selectors.unknown()
        let_in(who, session_id)

    def snapshot(self, event_id: int, session_id: int) -> list[broadcasts.Question]:
        return selectors.session_questions(event_id, session_id)


@register
class EventPolls(StateTopic):
    pattern = broadcasts.EVENT_POLLS
    access = Access.ATTENDEE

    def guard(self, who: Who) -> None:
        """Whoever takes part sees what everybody is asked."""

    def snapshot(self, event_id: int) -> list[broadcasts.Question]:
        return selectors.event_questions(event_id)


@register
class TurnoutTopic(StateTopic):
    pattern = "poll/{poll_id:int}/turnout"
    access = Access.ATTENDEE
    interval_ms = 1000
    shed = Shed.PRESENCE
    """A count of people: it goes along with what else is written, the results above all."""

    def guard(self, who: Who, poll_id: int) -> None:
        poll = selectors.get_poll(who.event_id, poll_id)
        if not permissions.can_see(poll):
            raise selectors.unknown()
        let_in(who, poll.session_id)

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Turnout:
        return selectors.turnout(event_id, poll_id)


class ForEverybody(StateTopic):
    """What whoever takes part may see, answered or not; no value for as long as they may not."""

    access = Access.ATTENDEE
    interval_ms = 500
    """Bars that move twice a second are live; each value is a pass over everybody in the room, while they vote."""
    late: ClassVar[bool] = False

    def guard(self, who: Who, poll_id: int) -> None:
        poll = selectors.get_poll(who.event_id, poll_id)
        can_see = permissions.can_see_late if self.late else permissions.can_see_results
        if not (permissions.can_run(who.roles) or can_see(poll, has_answered=False, now=clock.now())):
            raise selectors.results_hidden()
        let_in(who, poll.session_id)

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Results | None:
        return selectors.public_results(event_id, poll_id, late=self.late)


@register
class ResultsTopic(ForEverybody):
    pattern = "poll/{poll_id:int}/results"


@register
class LateTopic(ForEverybody):
    """Answers of those who watch the recording."""

    pattern = "poll/{poll_id:int}/late"
    interval_ms = 1000
    late = True


class ForThoseWhoAnswered(StateTopic):
    """Where only they see the results. Of one round: a new one is nothing to who answered the last."""

    access = Access.ATTENDEE
    interval_ms = 500
    late: ClassVar[bool] = False

    def guard(self, who: Who, poll_id: int, number: int) -> None:
        poll = selectors.get_poll(who.event_id, poll_id)
        if not (permissions.can_run(who.roles) or selectors.hears_round(poll, number, who.user_id)):
            raise selectors.results_hidden()
        let_in(who, poll.session_id)

    def snapshot(self, event_id: int, poll_id: int, number: int) -> broadcasts.Results | None:
        return selectors.results_of_round(event_id, poll_id, number, late=self.late)


@register
class AnsweredTopic(ForThoseWhoAnswered):
    pattern = "poll/{poll_id:int}/{number:int}/results"


@register
class AnsweredLateTopic(ForThoseWhoAnswered):
    """Answers of those who watch the recording."""

    pattern = "poll/{poll_id:int}/{number:int}/late"
    interval_ms = 1000
    late = True


class ForThoseWhoRunIt(StateTopic):
    """Moderators, and the speakers of the poll's session."""

    access = Access.SPEAKER

    def guard(self, who: Who, poll_id: int) -> None:
        if not selectors.can_run(selectors.get_poll(who.event_id, poll_id), who.roles, who.user_id):
            raise Refused("poll.not_yours", _("This poll is run by the speakers of its session."), status=403)


@register
class StaffTopic(ForThoseWhoRunIt):
    pattern = "poll/{poll_id:int}/staff"
    interval_ms = 1000
    """The page that hears it asks for itself once a second at most."""

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Staff:
        return selectors.all_results(event_id, poll_id)


@register
class ScreenTopic(ForThoseWhoRunIt):
    """What the shared screen shows."""

    pattern = "poll/{poll_id:int}/screen"

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Screen:
        return selectors.screen(event_id, poll_id)


@register
class CastVote(Command):
    """Answers a poll, or changes the answer where that is allowed."""

    name = "poll.vote"
    remembers: ClassVar[bool] = False
    """Revisions answer a retry; what is kept under its sender would say who answered an anonymous poll, and when."""
    access = Access.ATTENDEE
    rate = Rate(per_second=2, burst=8)

    class Body(Said, kw_only=True, forbid_unknown_fields=True):
        poll: Id
        revision: Annotated[int, Meta(ge=1, lt=2**31)] | None = None

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Mine | Refused]:
        return services.cast_votes(
            [
                services.Vote(
                    event_id=call.who.event_id,
                    poll_id=call.body.poll,
                    user_id=call.who.user_id or 0,
                    said=call.body,
                    revision=call.body.revision,
                    roles=call.who.roles,
                )
                for call in calls
            ]
        )
