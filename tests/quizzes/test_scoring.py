"""Points: in whatever order answers come to the database, and whenever, the same; and the same as counted by hand."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from apps.core import clock
from apps.intake.items import Item
from apps.quizzes import selectors, services
from apps.quizzes.models import Answer, Game, Question, Side, Turn
from apps.quizzes.services import scoring
from apps.quizzes.services.answers import ANSWER
from tests.factories.quizzes import QuizFactory, SideFactory

SECONDS = 20
SIDES = 3


@given(some.integers(0, 60_000), some.integers(0, 60_000), some.sampled_from([1000, 2000]))
def test_quicker_is_never_worth_less_and_right_never_less_than_half(one, other, worth):
    quick, slow = (
        scoring.base_points(worth=worth, share=1, after_ms=after, seconds=SECONDS) for after in sorted((one, other))
    )

    assert worth >= quick >= slow >= worth / 2


@dataclass(frozen=True)
class Said:
    """What a side says to a question, when, how long it was on its way, and when it comes to the database."""

    turn: int
    side: int
    said: object
    at: int
    lag: int
    comes: str


CHOICES = {
    "single": some.sampled_from([[1], [2], [2], [3]]),
    "multiple": some.sampled_from([[1, 3], [1, 3], [1], [3], [1, 2], [2], [1, 2, 3]]),
    "truth": some.booleans(),
    "order": some.permutations([1, 2, 3]),
    "number": some.sampled_from(["3.5", "3", "4", "4.01", "-3.5"]),
    "text": some.sampled_from(["Nairobi", " nairobi.", "NAIRÓBI", "Mombasa"]),
}
KINDS = ["single", "multiple", "truth", "order", "number", "text"]
# Few moments, so that many say something at the same time.
MOMENTS = some.sampled_from([0, 30, 4000, 4000, 4030, 19_999, 20_000, 20_250])
LAGS = some.sampled_from([0, 1, 30, 250])
COMES = some.sampled_from(["in time", "in time", "once the points are in", "when all is over"])


@some.composite
def games(draw):
    """What is said in a game, by each at most once to each question."""
    return [
        Said(turn, side, draw(CHOICES[kind]), draw(MOMENTS), draw(LAGS), draw(COMES))
        for turn, kind in enumerate(KINDS, 1)
        for side in range(SIDES)
        if draw(some.integers(0, 3))
    ]


def share_by_hand(kind, key, said):
    if kind == "multiple":
        hits = len({1, 3} & set(said))
        return max(0, 2 * hits - len(said)) / 2
    if kind == "truth":
        return float(said is False)
    if kind == "number":
        return float(3 <= float(said) <= 4)
    if kind == "text":
        return float(said.strip(" .").lower() in ("nairobi", "nairóbi"))
    return float(said == ([2] if kind == "single" else key["right"]))


def score_by_hand(turns, sides, words):
    """(points, gained, streak, place) of each side."""
    found = []
    for side in range(SIDES):
        points = gained = streak = 0
        for turn in turns:
            [own] = [one for one in words if (one.turn, one.side) == (turn.position, side)] or [None]
            share = share_by_hand(turn.kind, turn.key, own.said) if own else 0.0
            gained = 0
            if own:
                late = min(1.0, max(0, own.at - own.lag) / (SECONDS * 1000))
                gained = round(turn.worth * share * (1 - late / 2))
            if share == 1 and turn.worth:
                gained += 100 * min(streak, 5)
            if turn.worth:
                streak = streak + 1 if share == 1 else 0
            points += gained
        found.append((points, gained, streak))
    return {sides[place].pk: (*one, 1 + sum(other[0] > one[0] for other in found)) for place, one in enumerate(found)}


def score(game, sides, words, opened, size):
    """Plays it; what is said comes to the database in this order, so many at a time."""
    Answer.objects.filter(turn__game=game).delete()
    Side.objects.filter(game=game).update(points=0, gained=0, streak=0, rank=0)
    Turn.objects.filter(game=game).update(opens_at=opened, closed_at=clock.now(), is_scored=False)
    Game.objects.filter(pk=game.pk).update(phase=Game.Phase.OVER, position=len(KINDS))
    turns = {turn.position: turn for turn in game.turns.all()}

    def bring(some_words):
        items = []
        for one in some_words:
            turn, at = turns[one.turn], opened + timedelta(milliseconds=one.at)
            body = {"kind": turn.kind, "lag": one.lag, "said": one.said}
            items.append(Item(ANSWER, turn.gate(0), str(sides[one.side].pk), 1, body, at))
        for start in range(0, len(items), size):
            services.apply_answers(items[start : start + size])

    for position, turn in sorted(turns.items()):
        bring(one for one in words if one.turn == position and one.comes == "in time")
        assert scoring.score_if_complete(turn, anyway=True)
        bring(one for one in words if one.turn == position and one.comes == "once the points are in")
    bring(one for one in words if one.comes == "when all is over")
    bring(words)  # a redelivery
    return {side.pk: (side.points, side.gained, side.streak, side.rank) for side in Side.objects.filter(game=game)}


@pytest.fixture
def board(bank, quiz):
    """A game of every kind of question, one without points and one with double."""
    Question.objects.filter(bank=bank, kind="multiple").update(worth=2000)
    Question.objects.filter(bank=bank, kind="truth").update(worth=0)
    return services.open_lobby(quiz)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=games(), chance=some.randoms(use_true_random=False), size=some.integers(1, 7))
def test_scores_do_not_depend_on_the_order_of_arrivals(board, words, chance, size):
    sides = list(Side.objects.filter(game=board).order_by("pk")) or SideFactory.create_batch(SIDES, game=board)
    opened = clock.now() - timedelta(minutes=5)
    shuffled = chance.sample(words, len(words))

    outcomes = [score(board, sides, order, opened, count) for order, count in ((words, size), (shuffled, 3))]

    assert outcomes[0] == outcomes[1] == score_by_hand(list(board.turns.order_by("position")), sides, words)


@pytest.mark.django_db
def test_points_that_are_counted_anew_are_told_of_on_the_stage(table, attendee, speaker, exhibitor, told, drain):
    """One came to the database after everybody had asked for their own; it moves the places of others as well. One word
    to all, and not one to each of perhaps thousands."""
    for person in (attendee, speaker, exhibitor):
        table.join(person)
    table.ask()
    table.answer(speaker, [2])
    drain()
    table.reveal()
    services.score_if_complete(table.turn)
    assert [table.mine(person).rank for person in (attendee, speaker)] == [2, 1]
    [late, other] = [Side.objects.get(seats__user=person) for person in (attendee, speaker)]
    turn, before = table.turn, selectors.stage(table.game.quiz.event_id, table.game.pk)
    body = {"kind": turn.kind, "lag": 0, "said": [2]}

    with told.after():
        services.apply_answers([Item(ANSWER, turn.gate(0), str(late.pk), 1, body, turn.opens_at)])

    late.refresh_from_db()
    assert {name for _event, name in told.states if "/quiz/" in name} == set()
    assert (table.game.quiz.event_id, f"quiz/{table.game.pk}/stage") in told.states
    assert selectors.stage(table.game.quiz.event_id, table.game.pk).recounts == before.recounts + 1
    mine = table.mine(attendee)
    assert (mine.points, mine.rank) == (late.points, late.rank) == (1000, 1)
    assert other.points < 1000
    assert table.mine(speaker).rank == 2


@pytest.mark.django_db
def test_points_are_counted_anew_game_by_game(event, bank):
    """In the order of games, whichever of their turns was made first: the other way round two batches could hold one
    game each and wait for the other's."""
    games = [services.open_lobby(QuizFactory(event=event, bank=bank)) for _number in range(2)]
    later, earlier = games[0].turns.first(), games[1].turns.first()
    later.pk, later.position = None, len(KINDS) + 1
    later.save()
    opened = clock.now() - timedelta(minutes=5)
    items = []
    for turn in (earlier, later):
        Turn.objects.filter(pk=turn.pk).update(opens_at=opened, closed_at=clock.now(), is_scored=True)
        body = {"kind": turn.kind, "lag": 0, "said": [2]}
        items.append(Item(ANSWER, turn.gate(0), str(SideFactory(game=turn.game).pk), 1, body, opened))
    assert later.pk > earlier.pk

    with CaptureQueriesContext(connection) as done:
        services.apply_answers(items)

    counted = [one["sql"] for one in done if one["sql"].startswith('UPDATE "quizzes_game"')]
    assert [int(sql.rpartition(" = ")[2]) for sql in counted] == [game.pk for game in games]
