"""One person's own place in a game: name, points, and their answer to the question that stands."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import F, QuerySet

from apps.intake import queue
from apps.quizzes import broadcasts, permissions
from apps.quizzes.models import Answer, Game, Seat, Turn
from apps.quizzes.selectors.times import with_time

Pair = tuple[int, int]
"""A game and a person."""


def own_place(game: Game, user_id: int | None) -> broadcasts.Mine | None:
    """None where they have not joined."""
    return own_places([(game.pk, user_id)]).get((game.pk, user_id)) if user_id else None


def granted(event_id: int, pairs: Sequence[Pair]) -> list[broadcasts.Granted | None]:
    """In this order, of games of this event; None for who has not joined. Two queries for any number."""
    seats = _seats(pairs).filter(game__quiz__event=event_id).select_related("side")
    found = {
        (seat.game_id, seat.user_id): broadcasts.Granted(
            seat.side.name, seat.is_captain, seat.extra, seat.given, seat.asked
        )
        for seat in seats
    }
    return [found.get(pair) for pair in pairs]


def own_places(pairs: Collection[Pair]) -> dict[Pair, broadcasts.Mine]:
    """Those of these people who have joined; four queries for any number."""
    wanted = set(pairs)
    seats = [
        seat
        for seat in _seats(wanted).select_related("side", "game").order_by("pk")
        if (seat.game_id, seat.user_id) in wanted
    ]
    games = {seat.game_id: seat.game for seat in seats}
    turns = {turn.game_id: turn for turn in Turn.objects.filter(game__in=games, position=F("game__position"))}
    answers = _answers(seats, turns)
    return {
        (seat.game_id, seat.user_id): _mine(seat, turns.get(seat.game_id), answers.get(seat.side_id)) for seat in seats
    }


def _seats(pairs: Collection[Pair]) -> QuerySet[Any]:
    """Those of these people in any of these games."""
    games, people = {game for game, _user in pairs}, {user for _game, user in pairs}
    return with_time(Seat.objects.filter(game__in=games, user__in=people))


def _answers(seats: list[Seat], turns: dict[int, Turn]) -> dict[int, Any]:
    """By side: the written answer, or what was said where it is not written yet."""
    # The queue first: what it no longer knows is a row by then.
    asked = [(turns[seat.game_id], seat) for seat in seats if seat.game_id in turns]
    newer = queue.standing([(turn.gate(seat.extra), str(seat.side_id)) for turn, seat in asked])
    found: dict[int, Any] = {
        seat.side_id: newer[turn.gate(seat.extra), str(seat.side_id)].body["said"]
        for turn, seat in asked
        if (turn.gate(seat.extra), str(seat.side_id)) in newer
    }
    sides = {seat.side_id for seat in seats}
    for answer in Answer.objects.filter(turn__in=turns.values(), side__in=sides):
        found[answer.side_id] = answer
    return found


def _mine(seat: Any, turn: Turn | None, answer: Any) -> broadcasts.Mine:
    side = seat.side
    return broadcasts.Mine(
        game=seat.game_id,
        name=side.name,
        points=side.points,
        rank=side.rank,
        streak=side.streak,
        gained=side.gained,
        enters_at=side.enters_at,
        captain=seat.is_captain,
        extra=seat.extra,
        given=seat.given,
        asked=seat.asked,
        answer=_own(seat.game, turn, answer) if turn is not None and answer is not None else None,
    )


def _own(game: Game, turn: Turn, answer: Any) -> broadcasts.OwnAnswer:
    """Whether it is right is as secret as the right answer itself until that is revealed."""
    if not isinstance(answer, Answer):
        return broadcasts.OwnAnswer(turn.position, answer, None, None, None)
    if not (permissions.shows_answer(game, turn) and turn.is_scored):
        return broadcasts.OwnAnswer(turn.position, answer.said, None, None, None)
    return broadcasts.OwnAnswer(turn.position, answer.said, answer.share, answer.base + answer.bonus, answer.after_ms)
