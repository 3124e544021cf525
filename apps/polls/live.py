"""Polls on the socket: what is asked, how many answered, the results for each audience, and the vote."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from apps.core import clock
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Rate, StateTopic, Who, register
from apps.polls import broadcasts, permissions, selectors, services
from apps.tracks.models import Session

Id = Annotated[int, Meta(ge=1, lt=2**53)]


@register
class SessionPolls(StateTopic):
    pattern = "session/{session_id:int}/polls"
    access = Access.ATTENDEE

    def guard(self, who: Who, session_id: int) -> None:
        if not Session.objects.filter(event_id=who.event_id, pk=session_id).exists():
            raise selectors.unknown()

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

    def guard(self, who: Who, poll_id: int) -> None:
        if not permissions.can_see(selectors.get_poll(who.event_id, poll_id)):
            raise selectors.unknown()

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Turnout:
        return selectors.turnout(event_id, poll_id)


@register
class ResultsTopic(StateTopic):
    pattern = "poll/{poll_id:int}/results"
    access = Access.ATTENDEE

    def guard(self, who: Who, poll_id: int) -> None:
        poll = selectors.get_poll(who.event_id, poll_id)
        answered = selectors.has_answered(poll, who.user_id)
        if not permissions.can_see_results(poll, has_answered=answered, now=clock.now()):
            raise Refused("poll.results_hidden", _("The results are not shown (yet)."), status=403)

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Results | None:
        return selectors.public_results(event_id, poll_id)


@register
class StaffTopic(StateTopic):
    pattern = "poll/{poll_id:int}/staff"
    access = Access.MODERATOR

    def guard(self, who: Who, poll_id: int) -> None:
        selectors.get_poll(who.event_id, poll_id)

    def snapshot(self, event_id: int, poll_id: int) -> broadcasts.Results:
        return selectors.all_results(event_id, poll_id)


@register
class CastVote(Command):
    """Answers a poll, or changes the answer where that is allowed."""

    name = "poll.vote"
    access = Access.ATTENDEE
    rate = Rate(per_second=2, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        poll: Id
        option: Id
        revision: Annotated[int, Meta(ge=1, lt=2**31)] | None = None

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Mine | Refused]:
        return services.cast_votes(
            [
                services.Vote(
                    event_id=call.who.event_id,
                    poll_id=call.body.poll,
                    user_id=call.who.user_id or 0,
                    option_id=call.body.option,
                    revision=call.body.revision,
                )
                for call in calls
            ]
        )
