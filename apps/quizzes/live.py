"""Quizzes on the socket: the stage, the hall, joining, answering, and running them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from apps.core import clock
from apps.core.access import Access
from apps.core.errors import Refused
from apps.live.registry import Call, Command, Done, Rate, StateTopic, Who, register
from apps.live.singly import singly
from apps.quizzes import broadcasts, selectors, services
from apps.quizzes.registry import TEXT_CHARS
from apps.tracks import selectors as tracks

Id = Annotated[int, Meta(ge=1, lt=2**53)]
Place = Annotated[int, Meta(ge=1, le=12)]


@register
class QuizzesTopic(StateTopic):
    """Which quizzes can be joined now."""

    pattern = broadcasts.list_topic()
    access = Access.ATTENDEE

    def guard(self, who: Who) -> None:
        """Whoever takes part sees what can be joined."""

    def snapshot(self, event_id: int) -> list[broadcasts.Listed]:
        return selectors.listed(event_id)


def let_in(who: Who, game_id: int) -> None:
    """To a game that exists, and into its session where it has one."""
    session_id = selectors.get_game(who.event_id, game_id).quiz.session_id
    tracks.check_enters(who.event_id, session_id, user_id=who.user_id, roles=who.roles, epoch=who.epoch)


@register
class StageTopic(StateTopic):
    pattern = "quiz/{game_id:int}/stage"
    access = Access.ATTENDEE
    interval_ms = 250

    def guard(self, who: Who, game_id: int) -> None:
        let_in(who, game_id)

    def snapshot(self, event_id: int, game_id: int) -> broadcasts.Stage:
        return selectors.stage(event_id, game_id)


@register
class HallTopic(StateTopic):
    pattern = "quiz/{game_id:int}/hall"
    access = Access.ATTENDEE
    interval_ms = 500

    def guard(self, who: Who, game_id: int) -> None:
        let_in(who, game_id)

    def snapshot(self, event_id: int, game_id: int) -> broadcasts.Hall:
        return selectors.hall(event_id, game_id)


@register
class DeskTopic(StateTopic):
    """For those who run the game."""

    pattern = "quiz/{game_id:int}/desk"
    access = Access.SPEAKER  # of the quiz's own session, as looked up with the game

    def guard(self, who: Who, game_id: int) -> None:
        if not selectors.can_run(selectors.get_game(who.event_id, game_id).quiz, who.roles, who.user_id):
            raise selectors.not_yours()

    def snapshot(self, event_id: int, game_id: int) -> broadcasts.Desk:
        return selectors.desk(event_id, game_id)


@register
class OwnTopic(StateTopic):
    """What who runs the game gives a person: more time, the captain's word, another name."""

    pattern = "person/{user_id:int}/quiz/{game_id:int}"
    access = Access.ATTENDEE
    feed = False
    by_ticket = True

    def guard(self, who: Who, user_id: int, game_id: int) -> None:
        if who.user_id != user_id:
            raise selectors.unknown()

    def snapshot(self, event_id: int, user_id: int, game_id: int) -> broadcasts.Granted | None:
        [granted] = self.snapshots(event_id, [{"user_id": user_id, "game_id": game_id}])
        return granted

    def snapshots(self, event_id: int, every: Sequence[Mapping[str, Any]]) -> list[broadcasts.Granted | None]:
        return selectors.granted(event_id, [(one["game_id"], one["user_id"]) for one in every])


@register
class Join(Command):
    """Takes a seat under a name, or in the team of that name; who has one keeps it."""

    name = "quiz.join"
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id
        name: Annotated[str, Meta(max_length=60)]

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Mine | Refused]:
        return services.join(
            [
                services.Joining(
                    call.who.event_id, call.body.game, call.who.user_id or 0, call.body.name, call.who.roles
                )
                for call in calls
            ]
        )


@register
class Answer(Command):
    """Answers the question that stands; the first answer counts."""

    name = "quiz.answer"
    access = Access.ATTENDEE
    rate = Rate(per_second=2, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id
        position: Annotated[int, Meta(ge=1, le=100)]
        said: Annotated[str, Meta(max_length=TEXT_CHARS)] | Annotated[list[Place], Meta(max_length=12)]

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.OwnAnswer | Refused]:
        return services.give_answers(
            [
                services.Given(
                    event_id=call.who.event_id,
                    game_id=call.body.game,
                    user_id=call.who.user_id or 0,
                    position=call.body.position,
                    said=call.body.said,
                    roles=call.who.roles,
                )
                for call in calls
            ]
        )


@register
class OwnPlace(Command):
    """One's own name, points and answer: what no broadcast carries."""

    name = "quiz.mine"
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=10)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id

    def run(self, calls: list[Call[Body]]) -> list[broadcasts.Mine | Refused]:
        games = selectors.games_by_id([services.Traveller(call.body.game, call.who.user_id or 0) for call in calls])
        own = {
            (call.body.game, call.who.user_id or 0)
            for call in calls
            if call.body.game in games and games[call.body.game].quiz.event_id == call.who.event_id
        }
        found = selectors.own_places(own)
        return [found.get((call.body.game, call.who.user_id or 0)) or selectors.unknown() for call in calls]


class Trip(msgspec.Struct, frozen=True):
    word: str
    now: float
    """The server's clock, in milliseconds since 1970."""


@register
class Depart(Command):
    """Sends out a word whose way back is measured: see `quiz.arrive`."""

    name = "quiz.depart"
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id

    def run(self, calls: list[Call[Body]]) -> list[Trip | Refused]:
        games = selectors.games_by_id([services.Traveller(call.body.game, 0) for call in calls])
        now = round(clock.now().timestamp() * 1000, 1)
        return [
            Trip(services.depart(services.Traveller(call.body.game, call.who.user_id or 0)), now)
            if call.body.game in games and games[call.body.game].quiz.event_id == call.who.event_id
            else selectors.unknown()
            for call in calls
        ]


@register
class Arrive(Command):
    """The word is back: the server knows how long the way is, and forgives some of it."""

    name = "quiz.arrive"
    access = Access.ATTENDEE
    rate = Rate(per_second=1, burst=8)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id
        word: Annotated[str, Meta(max_length=200)]

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        games = selectors.games_by_id([services.Traveller(call.body.game, 0) for call in calls])
        own = [call.body.game in games and games[call.body.game].quiz.event_id == call.who.event_id for call in calls]
        services.arrive(
            [
                (services.Traveller(call.body.game, call.who.user_id or 0), call.body.word)
                for call, is_own in zip(calls, own, strict=True)
                if is_own
            ]
        )
        return [Done() if is_own else selectors.unknown() for is_own in own]


@register
class Step(Command):
    """Runs a game: asks the next question, reveals, gives everybody more time, ends it."""

    name = "quiz.step"
    access = Access.SPEAKER  # of the quiz's own session, as looked up with the game
    rate = Rate(per_second=2, burst=6)

    class Body(msgspec.Struct, forbid_unknown_fields=True):
        game: Id
        do: Literal["next", "reveal", "extend", "end"]
        position: Annotated[int, Meta(ge=0, le=100)]
        """Where the sender sees the game stand: a press that comes twice does one step."""
        seconds: Annotated[int, Meta(ge=0, le=600)] = 0
        closes_at: Annotated[datetime, Meta(tz=True)] | None = None
        """When the sender sees the question close: more time that is asked for twice is given once."""

    def run(self, calls: list[Call[Body]]) -> list[Done | Refused]:
        return singly(calls, self._step)

    @staticmethod
    def _step(call: Call[Body]) -> Done:
        game = selectors.get_game(call.who.event_id, call.body.game)
        if not selectors.can_run(game.quiz, call.who.roles, call.who.user_id):
            raise selectors.not_yours()
        wish = call.body
        services.step(game, do=wish.do, position=wish.position, seconds=wish.seconds, closes_at=wish.closes_at)
        return Done()
