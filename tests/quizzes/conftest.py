"""A bank of every kind of question, a game of it, and people who play."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from apps.quizzes import selectors, services
from apps.quizzes.models import Turn
from apps.quizzes.services import running
from tests.factories.quizzes import BankFactory, QuestionFactory, QuizFactory
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def bank(event):
    bank = BankFactory(event=event)
    QuestionFactory(bank=bank)
    QuestionFactory(
        bank=bank,
        kind="multiple",
        text="Which of these are rivers?",
        choices=[("Tana", True), ("Ostra", False), ("Douro", True)],
    )
    QuestionFactory(bank=bank, kind="truth", text="Water flows uphill.", truth=False, choices=[])
    QuestionFactory(
        bank=bank, kind="order", text="From source to mouth", choices=[("Spring", 0), ("Town", 0), ("Sea", 0)]
    )
    QuestionFactory(bank=bank, kind="number", text="How deep?", number="3.5", tolerance="0.5", unit="m", choices=[])
    QuestionFactory(bank=bank, kind="text", text="The capital of Kenya?", choices=[("Nairobi", 0), ("نيروبي", 0)])
    return bank


@pytest.fixture
def quiz(event, bank):
    return QuizFactory(event=event, bank=bank)


@pytest.fixture
def game(quiz):
    return services.open_lobby(quiz)


@dataclass
class Table:
    """What tests do with one game."""

    game: Any

    @property
    def turn(self):
        return selectors.current_turn(self.fresh)

    @property
    def fresh(self):
        return selectors.get_game(self.game.quiz.event_id, self.game.pk)

    def join(self, person, name=None):
        return services.join(
            [services.Joining(self.game.quiz.event_id, self.game.pk, person.pk, name or person.name[:24])]
        )[0]

    def ask(self, *, ago=0.0):
        """The next question, whose answers have been taken for so many seconds."""
        services.ask_next(self.fresh)
        self.shift(-running.LEAD.total_seconds() - self.game.talk_seconds - ago)

    def shift(self, seconds):
        turn = self.turn
        by = timedelta(seconds=seconds)
        Turn.objects.filter(pk=turn.pk).update(opens_at=turn.opens_at + by, closes_at=turn.closes_at + by)
        self.refresh()

    def answer(self, person, said, *, position=None):
        return self.answer_at(person, said, position or self.turn.position)

    def answer_at(self, person, said, position):
        given = services.Given(self.game.quiz.event_id, self.game.pk, person.pk, position, said)
        return services.give_answers([given])[0]

    def refresh(self):
        """What is told to the queue after a commit."""
        running.queue._backend(running.queue.backend_name()).refresh(services.ANSWER, self.turn.gates)

    def right(self):
        """What is right now, as somebody would send it."""
        key = self.turn.key["right"]
        if self.turn.kind == "text":
            return key[0]
        return key if isinstance(key, list) else str(key).lower()

    def reveal(self):
        services.reveal(self.fresh)

    def mine(self, person):
        return selectors.own_place(self.fresh, person.pk)


@pytest.fixture
def table(game):
    return Table(game)
