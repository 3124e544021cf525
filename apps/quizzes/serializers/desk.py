"""Banks, their questions and quizzes, as organisers write and read them: with the right answers."""

from typing import Any

from rest_framework import serializers

from apps.events.serializers.texts import Texts
from apps.quizzes import selectors
from apps.quizzes.adapters.written import CHOICE_CHARS, EXPLANATION_CHARS, TEXT_CHARS
from apps.quizzes.models import Allowance, Bank, Question, Quiz
from apps.quizzes.models.banks import MOST_ASKED
from apps.quizzes.registry.base import MOST_SPELLINGS

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}
MOST_ARRANGED = 1000
FORMS = [("csv", "csv"), ("qti", "qti")]


class BankSerializer(serializers.ModelSerializer[Bank]):
    """`held` is counted by whoever reads it."""

    questions = serializers.IntegerField(source="held", read_only=True, default=0, help_text="How many it holds.")

    class Meta:
        model = Bank
        fields = ("id", "name", "questions", "created_at")


class BankChoiceSerializer(serializers.Serializer[Any]):
    """An answer to choose from, an item to put into order, or an accepted spelling."""

    text = Texts(max_length=CHOICE_CHARS)
    right = serializers.BooleanField(source="is_right", default=False, help_text="Of single and multiple choices.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Whole, also where of its question only a part is said."""
        if "text" not in attrs:
            raise serializers.ValidationError({"text": self.fields["text"].error_messages["required"]})
        return {"is_right": False, **attrs}


class BankQuestionSerializer(serializers.ModelSerializer[Question]):
    """Needs `event` in the context."""

    kind = serializers.ChoiceField(choices=Question.Kind.choices, required=False)
    text = Texts(max_length=TEXT_CHARS)
    choices = BankChoiceSerializer(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MOST_SPELLINGS,
        help_text="In their order, which of an order is the right one; they take the place of all that stood there.",
    )
    media = serializers.CharField(
        source="media.key",
        max_length=80,
        allow_null=True,
        required=False,
        help_text="The key of a picture, film or sound among the event's files.",
    )
    media_words = Texts(max_length=TEXT_CHARS, blank=True, required=False)
    seconds = serializers.IntegerField(min_value=5, max_value=600, required=False)
    worth = serializers.ChoiceField(choices=Question.Worth.choices, required=False, help_text="Points.")
    tolerance = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=0, required=False)
    explanation = Texts(max_length=EXPLANATION_CHARS, blank=True, required=False)
    position = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, help_text="Left out of a new one: at the end."
    )
    missing = serializers.SerializerMethodField(
        help_text="Why it cannot be asked as it is, in words; empty where it can."
    )

    class Meta:
        model = Question
        fields = (
            *("id", "kind", "text", "choices", "truth", "number", "tolerance", "unit", "media", "media_words"),
            *("seconds", "worth", "explanation", "position", "missing"),
        )

    def get_missing(self, question: Question) -> str:
        return str(selectors.what_is_missing(question) or "")


class QuestionsQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Question.Kind.choices, required=False)


class OrderIn(serializers.Serializer[Any]):
    questions = serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        max_length=MOST_ARRANGED,
        help_text="The first ones, in their order; what is not named stays behind them as it was.",
    )


class BankFileIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="CSV by the template, a QTI 2.1 or 3.0 item, or a package of them.")


class BankFileQuery(serializers.Serializer[Any]):
    form = serializers.ChoiceField(
        choices=FORMS, default="csv", help_text="QTI has no place for seconds, files and other languages."
    )


class TakenInSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    left = serializers.ListField(
        child=serializers.CharField(), help_text="Where something did not come along: a picture, a clip, a passage."
    )
    questions = serializers.IntegerField(help_text="How many the bank holds now.")


class DeskQuizSerializer(serializers.ModelSerializer[Quiz]):
    """Needs `event` in the context."""

    title = Texts(max_length=200)
    bank = serializers.IntegerField(source="bank_id", **NUMBER)
    session = serializers.IntegerField(
        source="session_id", allow_null=True, required=False, help_text="Null: of the whole event.", **NUMBER
    )
    mode = serializers.ChoiceField(choices=Quiz.Mode.choices, required=False)
    draws = serializers.IntegerField(
        min_value=0, max_value=MOST_ASKED, required=False, help_text="0: all questions of the bank."
    )
    pass_percent = serializers.IntegerField(min_value=0, max_value=100, required=False)
    most_attempts = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="0: as many as one likes."
    )
    talk_seconds = serializers.IntegerField(min_value=0, max_value=120, required=False)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Quiz
        fields = (
            *("id", "title", "bank", "session", "mode", "draws", "shuffles", "teams", "talk_seconds"),
            *("is_published", "pass_percent", "most_attempts", "reviews", "created_at", "url"),
        )


class WrittenQuizSerializer(DeskQuizSerializer):
    """One of them, with what to know before it is played."""

    warnings = serializers.SerializerMethodField(help_text="What to know before it is played, in words.")

    class Meta(DeskQuizSerializer.Meta):
        fields = (*DeskQuizSerializer.Meta.fields, "warnings")  # type: ignore[assignment]

    def get_warnings(self, quiz: Quiz) -> list[str]:
        return selectors.warnings(quiz)


class DeskQuizzesQuery(serializers.Serializer[Any]):
    mode = serializers.ChoiceField(choices=Quiz.Mode.choices, required=False)
    bank = serializers.IntegerField(required=False, help_text="Those that ask from this bank.", **NUMBER)
    session = serializers.IntegerField(required=False, help_text="Those of this session.", **NUMBER)


class AllowanceSerializer(serializers.ModelSerializer[Allowance]):
    """A row of `events.selectors.as_known`: who never came by is shown as they were typed in."""

    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    given = serializers.IntegerField(source="extra", read_only=True, help_text="Percent more time.")
    asked = serializers.IntegerField(read_only=True, help_text="What they ask for and have not got; 0: nothing.")

    class Meta:
        model = Allowance
        fields = ("person", "name", "given", "asked")
        read_only_fields = fields


class AllowancesQuery(serializers.Serializer[Any]):
    asking = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether they ask for more than they have."
    )


BANK = {"id": 5, "name": "Gauges", "questions": 12, "created_at": "2026-04-02T08:11:00Z"}
QUESTION = {
    "id": 61, "kind": "single", "text": {"en": "Which of these is a river?"},
    "choices": [{"text": {"en": "Sahara"}, "right": False}, {"text": {"en": "Tana"}, "right": True}],
    "truth": True, "number": None, "tolerance": "0.000000", "unit": "", "media": None, "media_words": {},
    "seconds": 20, "worth": 1000, "explanation": {}, "position": 0, "missing": "",
}  # fmt: skip
QUIZ = {
    "id": 4, "title": {"en": "Read the gauge"}, "bank": 5, "session": None, "mode": "live", "draws": 0,
    "shuffles": False, "teams": False, "talk_seconds": 10, "is_published": False, "pass_percent": 60,
    "most_attempts": 0, "reviews": True, "created_at": "2026-04-02T08:11:00Z", "url": "/e/freshet/quizzes/4/",
    "warnings": [],
}  # fmt: skip
TAKEN_IN = {"added": 6, "left": [], "questions": 12}
