"""Points: in whatever order answers come to the database, and whenever, the same; and the same as counted by hand."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.core import clock
from apps.intake.items import Item
from apps.quizzes import services
from apps.quizzes.models import Answer, Game, Side, Turn
from apps.quizzes.services import scoring
from apps.quizzes.services.answers import ANSWER
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory, SideFactory

SECONDS = 20


@given(some.integers(0, 60_000), some.integers(0, 60_000), some.sampled_from([1000, 2000]))
def test_quicker_is_never_worth_less_and_right_never_less_than_half(one, other, worth):
    quick, slow = (
        scoring.base_points(worth=worth, share=1, after_ms=after, seconds=SECONDS) for after in sorted((one, other))
    )

    assert worth >= quick >= slow >= worth / 2


def played(chance, *, late):
    """A game of three turns, four sides and answers by chance; what was scored, and what it was scored from."""
    quiz = QuizFactory(bank=BankFactory())
    for worth in (1000, 0, 2000):
        QuestionFactory(bank=quiz.bank, worth=worth, seconds=SECONDS)
    game = services.open_lobby(quiz)
    sides = [SideFactory(game=game, name=f"Side {number}") for number in range(4)]
    opened = clock.now() - timedelta(minutes=5)
    said = {
        (turn.pk, side.pk): ([chance.randint(1, 3)], opened + timedelta(milliseconds=chance.randint(0, SECONDS * 1000)))
        for turn in game.turns.all()
        for side in sides
        if chance.random() < 0.8
    }
    return game, sides, said, opened, late


def score(game, said, opened, order, *, late):
    """Plays it; of each turn `late` answers come to the database after its points were given."""
    Answer.objects.filter(turn__game=game).delete()
    Side.objects.filter(game=game).update(points=0, gained=0, streak=0, rank=0)
    Turn.objects.filter(game=game).update(opens_at=opened, closed_at=clock.now(), is_scored=False)
    Game.objects.filter(pk=game.pk).update(phase=Game.Phase.OVER, position=3)
    for turn in game.turns.order_by("position"):
        items = [
            Item(ANSWER, turn.gate(0), str(side), 1, {"kind": "single", "lag": 0, "said": answer}, at)
            for (turn_id, side), (answer, at) in said.items()
            if turn_id == turn.pk
        ]
        order.shuffle(items)
        services.apply_answers(items[late:])
        assert scoring.score_if_complete(turn, anyway=True)
        services.apply_answers(items[:late])
        services.apply_answers(items)  # a redelivery
    return {side.pk: (side.points, side.gained, side.streak, side.rank) for side in Side.objects.filter(game=game)}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scores_do_not_depend_on_the_order_of_arrivals(seed):
    game, sides, said, opened, _late = played(random.Random(seed), late=0)

    outcomes = [
        score(game, said, opened, random.Random(seed * 10 + order), late=late) for order, late in enumerate((0, 0, 2))
    ]

    assert outcomes[0] == outcomes[1] == outcomes[2]
    turns = list(game.turns.order_by("position"))
    for side in sides:
        found = {answer.turn_id: answer for answer in Answer.objects.filter(side=side)}
        points, streak = 0, 0
        for turn in turns:
            answer = found.get(turn.pk)
            is_right = answer is not None and answer.said == turn.key["right"]
            assert (answer.share if answer else 0) == is_right
            if is_right and turn.worth:
                _said, at = said[turn.pk, side.pk]
                part = min(1, (at - opened) / timedelta(seconds=SECONDS))
                points += round(turn.worth * (1 - int(part * SECONDS * 1000) / (SECONDS * 1000) / 2))
                points += 100 * min(streak, 5)
            if turn.worth:
                streak = streak + 1 if is_right else 0
        assert outcomes[0][side.pk][0] == pytest.approx(points, abs=3)
        assert outcomes[0][side.pk][2] == streak
