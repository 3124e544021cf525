"""Questions on the socket: the log of a session's questions, what moves, the one on stage; asking, voting, running."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Done, LogTopic, Rate, StateTopic, Who, register
from apps.live.singly import singly
from apps.questions import broadcasts, doors, selectors, services
from apps.questions.models import MOST_CHARS
from apps.tracks import selectors as tracks

Id = Annotated[int, Meta(ge=1, lt=2**53)]


def check_session(who: Who, session_id: int) -> None:
    if not tracks.has_session(who.event_id, session_id):
        raise selectors.unknown_session()
    tracks.check_enters(who.event_id, session_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)


@register
class QuestionsTopic(LogTopic):
    """Whoever takes part in the event may hear what is asked in its sessions."""

    pattern = "session/{session_id:int}/questions"
    access = Access.ATTENDEE

    def guard(self, who: Who, session_id: int) -> None:
        check_session(who, session_id)

    def replay(self, event_id: int, session_id: int, after: int, limit: int) -> list[tuple[int, broadcasts.Entry]]:
        return selectors.replay(event_id, session_id, after=after, limit=limit)


@register
class StandingTopic(StateTopic):
    pattern = "session/{session_id:int}/questions/standing"
    access = Access.ATTENDEE
    interval_ms = 500

    def guard(self, who: Who, session_id: int) -> None:
        check_session(who, session_id)

    def snapshot(self, event_id: int, session_id: int) -> broadcasts.Standing:
        return selectors.standing(event_id, session_id)


@register
class StageTopic(StateTopic):
    pattern = "session/{session_id:int}/questions/stage"
    access = Access.ATTENDEE
    interval_ms = 500

    def guard(self, who: Who, session_id: int) -> None:
        check_session(who, session_id)

    def snapshot(self, event_id: int, session_id: int) -> broadcasts.Stage:
        return selectors.stage(event_id, session_id)


@register
class DeskTopic(StateTopic):
    pattern = "session/{session_id:int}/questions/desk"
    access = Access.SPEAKER
    interval_ms = 500

    def guard(self, who: Who, session_id: int) -> None:
        doors.check_runs(selectors.get_session(who.event_id, session_id), who.user_id, who.roles)

    def snapshot(self, event_id: int, session_id: int) -> broadcasts.Desk:
        return selectors.desk(event_id, session_id)


@register
class Ask(Command):
    """Asks a question in a session, with one's name or (where that is allowed) without."""

    name = "question.ask"
    remembers: ClassVar[bool] = False
    """An answer that is kept under its asker would say whose a question without a name is. `command_key` answers."""
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=4)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        session: Id
        text: Annotated[str, Meta(max_length=MOST_CHARS * 2)]
        anonymous: bool = False

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Asked | Refused]:
        return services.ask_questions(
            [
                services.Asking(
                    event_id=call.who.event_id,
                    session_id=call.body.session,
                    user_id=call.who.user_id or 0,
                    roles=call.who.roles,
                    text=call.body.text,
                    is_anonymous=call.body.anonymous,
                    command_id=call.id,
                )
                for call in calls
            ]
        )


class OnOff(msgspec.Struct, forbid_unknown_fields=True):
    question: Id
    on: bool = True


def wishes(calls: list[Call[OnOff]]) -> list[services.Wish]:
    return [
        services.Wish(call.who.event_id, call.body.question, call.who.user_id or 0, call.body.on, call.who.roles)
        for call in calls
    ]


@register
class VoteCommand(Command):
    """Wants a question answered, or no longer."""

    name = "question.vote"
    access = Access.ATTENDEE
    rate = Rate(per_second=3, burst=15)
    Body = OnOff

    def run(self, calls: list[Call[OnOff]]) -> list[broadcasts.Mine | Refused]:
        return services.cast_votes(wishes(calls))


@register
class FollowCommand(Command):
    """Wants to be told when a question is answered, or no longer."""

    name = "question.follow"
    remembers: ClassVar[bool] = False
    """Who follows their own is answered that they do, without a row: kept under their name, that would say whose it is.
    Doing it twice changes nothing."""
    access = Access.ATTENDEE
    rate = Rate(per_second=3, burst=15)
    Body = OnOff

    def run(self, calls: list[Call[OnOff]]) -> list[broadcasts.Mine | Refused]:
        return services.follow_questions(wishes(calls))


@register
class Withdraw(Command):
    """Takes one's own question back."""

    name = "question.withdraw"
    remembers: ClassVar[bool] = False
    access = Access.ATTENDEE

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        question: Id

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return singly(calls, _withdraw)


def _withdraw(call: Call[Withdraw.Body]) -> Done:
    services.withdraw_question(
        event_id=call.who.event_id, question_id=call.body.question, user_id=call.who.user_id or 0
    )
    return Done()


@register
class Move(Command):
    """Puts a question on stage, among the answered, for later, back, or away. For those who run the session's."""

    name = "question.move"
    access = Access.SPEAKER

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        question: Id
        to: Literal["new", "stage", "later", "answered", "dismissed"]

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Entry | Refused]:
        return singly(calls, _move)


def _move(call: Call[Move.Body]) -> broadcasts.Entry:
    question = doors.question_run_by(call.who.event_id, call.body.question, call.who.user_id, call.who.roles)
    return broadcasts.entry(services.move_question(question, to=call.body.to))


@register
class Advance(Command):
    """Moves what is on stage on, and puts the most wanted new question there. `after` is what the sender saw there (0:
    nothing); where another device was quicker nothing is moved. The answer is what is on stage now."""

    name = "question.next"
    access = Access.SPEAKER

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        session: Id
        after: Annotated[int, Meta(ge=0, lt=2**53)] = 0
        to: Literal["new", "later", "answered"] = "answered"

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Stage | Refused]:
        return singly(calls, _advance)


def _advance(call: Call[Advance.Body]) -> broadcasts.Stage:
    body = call.body
    session = selectors.get_session(call.who.event_id, body.session)
    doors.check_runs(session, call.who.user_id, call.who.roles)
    found = services.advance(session, after=body.after or None, to=body.to)
    return broadcasts.Stage(broadcasts.question(found) if found else None)
