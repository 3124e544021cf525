"""Registrations as organisers see and decide them."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import validate_person_name
from apps.events.models import Answer, Registration
from apps.events.registry import remarks
from apps.events.serializers import Answers
from apps.events.serializers.places import AnswersIn

NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class RegistrationsQuery(serializers.Serializer[Any]):
    """What the list may be narrowed by."""

    state = serializers.ChoiceField(choices=Registration.State.choices, required=False)
    ticket = serializers.IntegerField(required=False, help_text="The id of a ticket.", **NUMBER)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=40, required=False, help_text="The label of the link that brought them."
    )
    came = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether they came in at least once."
    )
    answered = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Of those with a place: whether they have answered what must be answered.",
    )
    q = serializers.CharField(max_length=100, required=False, help_text="In a name or company; or a whole address.")


class RegistrationSerializer(serializers.ModelSerializer[Registration]):
    """A row of `selectors.registrations_where`. Who never came by is shown as they were typed in."""

    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)
    company = serializers.CharField(source="known_company", read_only=True)
    title = serializers.CharField(source="known_title", read_only=True)
    ticket = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)
    ticket_name = serializers.SerializerMethodField()
    code = serializers.CharField(source="code.code", read_only=True, default="")
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    by = serializers.CharField(source="by.email", read_only=True, default="", help_text="Who registered another.")
    offered_to = serializers.CharField(read_only=True, help_text="To whom they offered it; mostly empty.")
    came_at = serializers.DateTimeField(source="joined_at", read_only=True, allow_null=True)

    class Meta:
        model = Registration
        fields: tuple[str, ...] = (
            *("id", "person", "name", "email", "company", "title", "state", "ticket", "ticket_name", "code", "source"),
            *("by", "waiting_since", "decided_at", "reason", "offered_to", "created_at", "came_at"),
        )
        read_only_fields: tuple[str, ...] = fields

    def get_ticket_name(self, registration: Registration) -> str:
        return str(registration.ticket or "")


class GivenSerializer(serializers.ModelSerializer[Answer]):
    field = serializers.CharField(source="question.field", read_only=True)
    question = serializers.CharField(source="question.label", read_only=True)
    answer = serializers.CharField(source="text", read_only=True, help_text="In the words of that day.")

    class Meta:
        model = Answer
        fields = ("field", "question", "answer", "version", "created_at")
        read_only_fields = fields


class RegistrationDetailSerializer(RegistrationSerializer):
    answers = GivenSerializer(many=True, read_only=True)
    remarks = serializers.SerializerMethodField(help_text="What other parts of the platform know of this place.")

    class Meta(RegistrationSerializer.Meta):
        fields = (*RegistrationSerializer.Meta.fields, "answers", "remarks")
        read_only_fields = fields

    def get_remarks(self, registration: Registration) -> list[str]:
        return [str(words) for words in remarks.of(registration)]


class InviteIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", validators=[validate_person_name]
    )
    company = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    ticket = serializers.IntegerField(required=False, allow_null=True, default=None, **NUMBER)

    def validate_email(self, value: str) -> str:
        return value.lower()


class CorrectionIn(serializers.Serializer[Any]):
    """What is left out stays."""

    ticket = serializers.IntegerField(required=False, **NUMBER)
    answers = Answers(
        child=serializers.JSONField(allow_null=True),
        required=False,
        help_text="By the questions' `field`; null takes an answer away. Nobody agrees to a consent for others.",
    )
    email = serializers.EmailField(
        max_length=254,
        required=False,
        help_text="The right address, where theirs was mistyped: the place moves there, as another registration.",
    )

    validate_answers = AnswersIn.validate_answers

    def validate_email(self, value: str) -> str:
        return value.lower()


DEEDS = [(name, name) for name in ("approve", "decline", "reconsider", "cancel", "send_link", "end_links")]


class DecisionIn(serializers.Serializer[Any]):
    do = serializers.ChoiceField(choices=DEEDS)
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a no, or of a place that is cancelled: stands in the mail to them.",
    )


REGISTRATION = {
    "id": 1204, "person": 31, "name": "Nadia Okello", "email": "nadia@lakeside.example", "company": "Weir Society",
    "title": "Hydrologist", "state": "pending", "ticket": 7, "ticket_name": "Workshop day", "code": "",
    "source": "newsletter", "by": "", "waiting_since": None, "decided_at": None, "reason": "", "offered_to": "",
    "created_at": "2026-04-02T08:11:00Z", "came_at": None,
}  # fmt: skip
ANSWERED = {
    "field": "q4", "question": "What do you eat?", "answer": "Anything", "version": 1,
    "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
REGISTRATION_DETAIL = {**REGISTRATION, "answers": [ANSWERED], "remarks": []}
