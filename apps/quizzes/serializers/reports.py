"""What the API answers about games and trainings to those who run them; and an example of each answer."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from rest_framework import serializers

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**53, "required": False}


class Played(msgspec.Struct, frozen=True):
    """A game of a quiz in which something was asked, or is."""

    game: int
    phase: str
    teams: bool
    people: int
    opened_at: datetime
    ended_at: datetime | None


class AskedQuestion(msgspec.Struct, frozen=True):
    """How a question of a game went, once its answer was revealed."""

    position: int
    kind: str
    text: dict[str, str]
    could_answer: int
    answered: int
    right: int
    """Wholly."""
    partly: int
    seconds: float | None
    """On average; null where nobody answered. The same of the points."""
    points: int | None
    answer: list[str]
    """What was right, in the language of Accept-Language."""


class Result(msgspec.Struct, frozen=True):
    """How somebody did in a game; of a team each of its people, with the team's points."""

    person: int
    name: str
    plays_as: str
    """Their name in the quiz, or their team's."""
    captain: bool
    place: int | None
    """Null until the places are given."""
    points: int
    right: int
    partly: int
    wrong: int
    unanswered: int
    """Of the questions that are revealed."""
    seconds: float | None
    extra: int
    """Percent more time."""


class GivenAnswer(msgspec.Struct, frozen=True):
    position: int
    """Of the question in the game."""
    plays_as: str
    said: list[str]
    """In the language of Accept-Language."""
    percent: int
    """How much of it was right."""
    seconds: float
    extra: int
    points: int
    bonus: int
    """Of the points, those for a row of right answers."""


class Tried(msgspec.Struct, frozen=True):
    """Somebody's attempt at a training."""

    person: int
    name: str
    number: int
    begun: datetime
    handed_in: datetime | None
    percent: int | None
    passed: bool | None


class TriedQuestion(msgspec.Struct, frozen=True):
    """How a question went over all attempts that were handed in, in the words in which it was asked."""

    question: int | None
    """None where it was deleted since."""
    text: dict[str, str]
    asked: int
    right: int
    """Wholly."""
    unanswered: int
    percent: int
    """How much was right, on average."""


class AnswersQuery(serializers.Serializer[None]):
    position = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="Those to this question of the game."
    )
    person = serializers.IntegerField(help_text="Those of this person, or of their team.", **NUMBER)


class TriedQuery(serializers.Serializer[None]):
    person = serializers.IntegerField(help_text="Those of this person.", **NUMBER)
    passed = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Whether they passed.")


AT = datetime(2026, 5, 4, 13, 31, tzinfo=UTC)
PLAYED = Played(5, "over", teams=False, people=42, opened_at=AT, ended_at=AT)
ASKED_QUESTION = AskedQuestion(
    1, "single", {"en": "Which of these is a river?"}, 42, 40, 31, 0, seconds=6.2, points=812, answer=["Tana"]
)
RESULT = Result(
    31, "Nadia Okello", "Nadia", captain=True, place=1, points=7420, right=8, partly=0, wrong=0, unanswered=0,
    seconds=4.1, extra=0,
)  # fmt: skip
GIVEN_ANSWER = GivenAnswer(1, "Nadia", ["Tana"], percent=100, seconds=3.4, extra=0, points=930, bonus=0)
TRIED = Tried(31, "Nadia Okello", 1, AT, AT, percent=83, passed=True)
TRIED_QUESTION = TriedQuestion(61, {"en": "Water flows uphill."}, asked=12, right=11, unanswered=0, percent=92)
