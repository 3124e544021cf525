"""The shapes of what is posted to the API."""

from datetime import UTC, datetime

import msgspec
from rest_framework import serializers

from apps.quizzes import broadcasts
from apps.quizzes.models.games import EXTRAS
from apps.quizzes.registry import TEXT_CHARS
from apps.quizzes.selectors import Reviewed, ReviewedOption
from apps.quizzes.services import MOST_NAME


class SeatIn(serializers.Serializer[None]):
    name = serializers.CharField(max_length=MOST_NAME, help_text="Your own, or your team's where teams play.")


class AnswerIn(serializers.Serializer[None]):
    position = serializers.IntegerField(min_value=1, max_value=100, help_text="The question that you mean.")
    text = serializers.CharField(
        required=False,
        max_length=TEXT_CHARS,
        help_text="What you type: a number, a text; `true` or `false`.",
    )
    options = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=12),
        required=False,
        max_length=12,
        help_text="Ids of the options that you choose; of an order, all of them, in yours.",
    )


class TaskIn(serializers.Serializer[None]):
    text = serializers.CharField(
        required=False, max_length=TEXT_CHARS, help_text="What you type: a number, a text; `true` or `false`."
    )
    options = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=12),
        required=False,
        max_length=12,
        help_text="Ids of the options that you choose; of an order, all of them, in yours.",
    )


class StepIn(serializers.Serializer[None]):
    do = serializers.ChoiceField(choices=["next", "reveal", "extend", "end"])
    position = serializers.IntegerField(min_value=0, max_value=100, help_text="Where you see the game stand.")
    seconds = serializers.IntegerField(required=False, min_value=0, max_value=600, default=0)
    closes_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        help_text="When you see the question close: more time that is asked for twice is given once.",
    )


DEEDS = [(name, name) for name in ("rename", "captain", "decline")]


class PlayerDeedIn(serializers.Serializer[None]):
    do = serializers.ChoiceField(choices=DEEDS)


class QuizzesQuery(serializers.Serializer[None]):
    """What a list of quizzes may be narrowed by."""

    session = serializers.IntegerField(required=False, min_value=1, max_value=2**53, help_text="Those of this session.")


class PlayersQuery(serializers.Serializer[None]):
    find = serializers.CharField(
        required=False, max_length=60, default="", help_text="Only those whose name or team holds these letters."
    )


class TimeIn(serializers.Serializer[None]):
    extra = serializers.ChoiceField(choices=EXTRAS, help_text="Percent more time than a question says; 0: as asked.")


class Player(msgspec.Struct, frozen=True):
    """Somebody who plays, for who runs the quiz."""

    person: int
    name: str
    """In the quiz; of teams, the team's."""
    extra: int
    """Percent more time that they have in the question that stands."""
    given: int
    """The same from the next question on."""
    asked: int
    """What they asked for and have not got (yet); 0: nothing."""


class ToRun(msgspec.Struct, frozen=True):
    """A quiz that the caller may run."""

    quiz: int
    title: dict[str, str]
    url: str
    session: int | None
    questions: int
    """How many its bank holds."""
    teams: bool
    phase: str | None
    """Of the game that is played now; null where none is."""


class Given(msgspec.Struct, frozen=True):
    """What somebody was given beforehand."""

    person: int
    given: int


class Training(msgspec.Struct, frozen=True):
    """A quiz that each works through by themselves, and how far the caller is with it."""

    quiz: int
    title: dict[str, str]
    url: str
    session: int | None
    needs: int
    """Percent needed to pass."""
    attempts: int
    left: int | None
    """Attempts that may still be begun; null where there is no end to them."""
    running: bool
    best: int | None
    """Percent of the best attempt that was handed in."""
    passed: bool


class Attempted(msgspec.Struct, frozen=True):
    number: int
    begun: datetime
    handed_in: datetime | None
    percent: int | None
    passed: bool | None


class Asked(msgspec.Struct, frozen=True):
    """A question of an attempt, and what was answered; null where nothing was."""

    position: int
    sheet: broadcasts.Sheet
    said: bool | str | list[int] | None


class SeenOut(msgspec.Struct, frozen=True):
    """What stands on the stage, who is here, and the caller's own place; null where they have not joined."""

    stage: broadcasts.Stage
    hall: broadcasts.Hall
    mine: broadcasts.Mine | None


STAGE = broadcasts.Stage(
    game=5,
    phase="lobby",
    position=0,
    turns=8,
    teams=False,
    sheet=None,
    opens_at=None,
    closes_at=None,
    last_at=None,
    reveal=None,
    counted=False,
    recounts=0,
    leaders=[],
)
MINE = broadcasts.Mine(5, "Nadia", 0, 0, 0, 0, 0, captain=False, extra=0, given=0, asked=0, answer=None)
TAKEN = broadcasts.OwnAnswer(position=3, said=[2], share=None, points=None, after_ms=None)
SEEN = SeenOut(STAGE, broadcasts.Hall(5, 12, ["Nadia", "Jonas"], 0), MINE)
LISTED = broadcasts.Listed(4, 5, {"en": "Read the gauge"}, "/e/freshet/quizzes/4/", None, "lobby")
TO_RUN = ToRun(4, {"en": "Read the gauge"}, "/e/freshet/quizzes/4/", None, 12, teams=False, phase=None)
PLAYER = Player(person=31, name="Nadia", extra=0, given=50, asked=0)
GIVEN = Given(person=31, given=50)
TRAINING = Training(4, {"en": "Read the gauge"}, "/e/freshet/quizzes/4/training/", None, 60, 1, 1, False, 50, False)
ATTEMPTED = Attempted(1, datetime(2026, 5, 6, 9, 30, tzinfo=UTC), datetime(2026, 5, 6, 9, 40, tzinfo=UTC), 83, True)
ASKED = Asked(
    1,
    broadcasts.Sheet("truth", {"en": "Water flows uphill."}, [], "", None, 0, 0),
    None,
)
REVIEWED = Reviewed(
    position=1,
    sheet=ASKED.sheet,
    options=[ReviewedOption({"": "True"}, True, False), ReviewedOption({"": "False"}, False, True)],
    own=["True"],
    right=["False"],
    share=0,
    explanation="Not by itself.",
)
