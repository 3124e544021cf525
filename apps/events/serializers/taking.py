"""A link that is mailed once more, and a place that is passed on."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import validate_person_name
from apps.events.models import Registration
from apps.events.serializers import Answers
from apps.events.serializers.places import ASKED, AnswersIn, AskedSerializer


class ResendIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)

    def validate_email(self, value: str) -> str:
        return value.lower()


class OfferedSerializer(serializers.ModelSerializer[Registration]):
    """Needs what is `asked` in the context."""

    giver = serializers.CharField(source="user", read_only=True, help_text="Who passes it on.")
    offered_to = serializers.EmailField(read_only=True)
    ticket_name = serializers.SerializerMethodField()
    way_in = serializers.CharField(read_only=True, help_text="approval: somebody says yes to them first.")
    asked = serializers.SerializerMethodField()

    class Meta:
        model = Registration
        fields = ("giver", "offered_to", "ticket_name", "way_in", "asked")
        read_only_fields = fields

    def get_ticket_name(self, registration: Registration) -> str:
        return str(registration.ticket or "")

    def get_asked(self, _registration: Registration) -> AskedSerializer(many=True):  # type: ignore[valid-type]
        found: Any = AskedSerializer(self.context.get("asked", ()), many=True).data
        return found


class TakeIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, validators=[validate_person_name])
    answers = Answers(
        child=serializers.JSONField(), required=False, default=dict, help_text="By the questions' `field`."
    )

    validate_answers = AnswersIn.validate_answers


class TakenSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Registration.State.choices, help_text="pending: somebody says yes first.")
    sent_to = serializers.EmailField()


OFFERED = {
    "giver": "Nadia Okello", "offered_to": "ada@example.org", "ticket_name": "Workshop day", "way_in": "open",
    "asked": ASKED,
}  # fmt: skip
TAKEN = {"state": "confirmed", "sent_to": "ada@example.org"}
