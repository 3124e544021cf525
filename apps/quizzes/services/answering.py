"""Answering: what people send is checked and handed to the intake, many at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import queue
from apps.intake.items import Item, Outcome
from apps.live import publish
from apps.quizzes import broadcasts, selectors
from apps.quizzes.models import Game, Seat, Turn
from apps.quizzes.registry import Said, kind_of
from apps.quizzes.services import lags
from apps.quizzes.services.answers import ANSWER, answered, why_closed
from apps.tracks import selectors as tracks

Taken = broadcasts.OwnAnswer


@dataclass(frozen=True, slots=True)
class Given:
    """One person's answer. `position` is the turn they mean, so that none counts for another question."""

    event_id: int
    game_id: int
    user_id: int
    position: int
    said: Said
    roles: frozenset[str] = frozenset()
    """Theirs in the event: whether they may be in the quiz's session."""


def give_answers(given: Sequence[Given]) -> list[Taken | Refused]:
    """Takes all of these; for each, in order, what stands now or why it was not taken. What is answered is durable."""
    games = selectors.games_by_id(given)
    turns = {
        (turn.game_id, turn.position): turn
        for turn in Turn.objects.filter(game__in=games, position__in={one.position for one in given})
    }
    seats = {
        (seat.game_id, seat.user_id): seat
        for seat in Seat.objects.filter(game__in=games, user__in={one.user_id for one in given}).select_related("side")
    }
    trips = lags.forgiven([lags.Traveller(one.game_id, one.user_id) for one in given])
    shut = _shut(given, games)
    answers: list[Taken | Refused | None] = []
    wishes: list[tuple[Given, Item]] = []
    for one in given:
        if (refusal := shut.get((one.game_id, one.user_id))) is not None:
            answers.append(refusal)
            continue
        try:
            item = _item(one, games, turns, seats, trips[lags.Traveller(one.game_id, one.user_id)])
        except Refused as refusal:
            answers.append(refusal)
            continue
        answers.append(None)
        wishes.append((one, item))
    outcomes = queue.accept_many([item for _one, item in wishes])
    found = iter([_taken(one, item, outcome) for (one, item), outcome in zip(wishes, outcomes, strict=True)])
    for game_id in {one.game_id for one, _item_ in wishes}:
        publish.state(games[game_id].quiz.event_id, broadcasts.hall_topic(game_id))
    return [next(found) if answer is None else answer for answer in answers]


def _shut(given: Sequence[Given], games: dict[int, Game]) -> dict[tuple[int, int], Refused]:
    """By game and person: whom the quiz's session does not let in."""
    people: dict[int, dict[int, frozenset[str]]] = defaultdict(dict)
    for one in given:
        people[one.game_id][one.user_id] = one.roles
    return {
        (game.pk, user_id): why
        for game in games.values()
        if game.quiz.session_id is not None
        for user_id, why in tracks.shut_out(game.quiz.event_id, game.quiz.session_id, people[game.pk]).items()
    }


def _item(
    one: Given,
    games: dict[int, Game],
    turns: dict[tuple[int, int], Turn],
    seats: dict[tuple[int, int], Seat],
    lag_ms: int,
) -> Item:
    game = games.get(one.game_id)
    if game is None or game.quiz.event_id != one.event_id:
        raise selectors.unknown()
    seat = seats.get((one.game_id, one.user_id))
    if seat is None:
        raise Refused("quiz.not_joined", _("Join the quiz first; then your answers count."), status=403)
    turn = turns.get((one.game_id, one.position))
    if turn is None:
        raise Refused("quiz.not_open", _("This question is not open yet. It appears here when it is."))
    if turn.position < seat.side.enters_at:
        raise Refused("quiz.next_question", _("You came after this question was asked. You play from the next one."))
    if not seat.is_captain:
        raise Refused("quiz.captain_answers", _("Your captain answers for the team."), status=403)
    turn.game = game
    refusal = why_closed(turn, seat.extra, clock.now(), lag_ms=lag_ms)
    if refusal is not None:
        raise refusal
    said = kind_of(turn.kind).parse(turn.sheet, one.said)
    body = {"kind": turn.kind, "lag": lag_ms, "said": said}
    return Item(ANSWER, turn.gate(seat.extra), str(seat.side_id), 1, body)


def _taken(one: Given, item: Item, outcome: Outcome) -> Taken | Refused:
    """The same answer sent again is what stands, however long it was on its way this time."""
    if isinstance(outcome, Refused) and outcome.code == answered().code:
        standing = queue.standing([(item.gate, item.key)]).get((item.gate, item.key))
        if standing is None or standing.body["said"] != item.body["said"]:
            return outcome
    elif isinstance(outcome, Refused):
        return outcome
    return Taken(position=one.position, said=item.body["said"], share=None, points=None, after_ms=None)
