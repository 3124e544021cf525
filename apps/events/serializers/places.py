"""What a visitor may register for and is asked, and one's own place."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.accounts.models import validate_person_name
from apps.events.models import Choice, Event, Question, Registration
from apps.events.serializers import MOST_ANSWERS, Answers


class OfferSerializer(serializers.Serializer[Any]):
    """An `Offer`: a ticket that can be had now. Needs `is_full` of the event in the context."""

    id = serializers.IntegerField(source="ticket.pk", help_text="What a registration says as its `ticket`.")
    name = serializers.CharField(source="ticket.name")
    description = serializers.CharField(source="ticket.description")
    way_in = serializers.ChoiceField(
        choices=Event.Admission.choices,
        source="ticket.way_in",
        help_text="open: whoever registers; approval: somebody says yes first; code: with an invitation code.",
    )
    opens_programme = serializers.BooleanField(source="ticket.opens_programme", help_text="Every session; else some.")
    opens_expo = serializers.BooleanField(source="ticket.opens_expo")
    left = serializers.IntegerField(allow_null=True, help_text="Of this ticket; null where they are not counted.")
    is_full = serializers.SerializerMethodField(help_text="Whoever registers now waits, or is told that it is full.")
    closes_at = serializers.DateTimeField(source="ticket.closes_at", allow_null=True)

    def get_is_full(self, offer: Any) -> bool:
        return bool(offer.is_full or self.context.get("is_full"))


class TicketsSerializer(serializers.Serializer[Any]):
    """How one gets into an event."""

    takes_registrations = serializers.BooleanField(help_text="At this moment.")
    opens_at = serializers.DateTimeField(allow_null=True, help_text="Registration; null: as soon as it is published.")
    closes_at = serializers.DateTimeField(allow_null=True)
    way_in = serializers.ChoiceField(choices=Event.Admission.choices, help_text="Where a ticket says nothing else.")
    takes_codes = serializers.BooleanField(help_text="Whether there are invitation codes.")
    is_full = serializers.BooleanField(help_text="All places of the event are taken.")
    has_waiting_list = serializers.BooleanField()
    tickets = OfferSerializer(many=True, help_text="None: all places are of one kind, and no ticket is named.")


class ChoiceSerializer(serializers.ModelSerializer[Choice]):
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Choice
        fields = ("id", "label")
        read_only_fields = fields


class AskedSerializer(serializers.ModelSerializer[Question]):
    field = serializers.CharField(read_only=True, help_text="The name of its answer in `answers`.")
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    help = serializers.CharField(read_only=True)
    choices = ChoiceSerializer(many=True, read_only=True)
    only_with = serializers.SerializerMethodField(help_text="Tickets with which it is asked; none: with all.")

    class Meta:
        model = Question
        fields = ("field", "kind", "label", "help", "required", "choices", "only_with")
        read_only_fields = ("kind", "required")

    def get_only_with(self, question: Question) -> list[int]:
        return [ticket.pk for ticket in question.tickets.all()]


class AnswersIn(serializers.Serializer[Any]):
    answers = Answers(
        child=serializers.JSONField(allow_null=True),
        help_text="By the questions' `field`. What is left out stays as it is; null takes an answer back.",
    )

    def validate_answers(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(value) > MOST_ANSWERS:
            raise serializers.ValidationError(_("These are more answers than there are questions."))
        return value


class OwnIn(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1)
    code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    ref = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    answers = Answers(child=serializers.JSONField(), required=False, default=dict)

    validate_answers = AnswersIn.validate_answers


class OwnSerializer(serializers.ModelSerializer[Registration]):
    """One's own place or wish. Needs `number` and `answers` in the context."""

    ticket = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)
    ticket_name = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField(help_text="In the row, for whoever waits: 1 moves up next.")
    answers = serializers.SerializerMethodField(help_text="By the questions' `field`.")
    offered_to = serializers.CharField(read_only=True, help_text="An address, or empty.")
    came_at = serializers.DateTimeField(source="joined_at", read_only=True, allow_null=True)

    class Meta:
        model = Registration
        fields = (
            "state",
            "ticket",
            "ticket_name",
            "number",
            "answers",
            "reason",
            "offered_to",
            "created_at",
            "came_at",
        )
        read_only_fields = fields

    def get_ticket_name(self, registration: Registration) -> str:
        return str(registration.ticket or "")

    def get_number(self, _registration: Registration) -> int | None:
        return self.context.get("number")

    def get_answers(self, _registration: Registration) -> dict[str, Any]:
        found: dict[str, Any] = self.context.get("answers", {})
        return found


class OfferIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, validators=[validate_person_name])
    email = serializers.EmailField(max_length=254)

    def validate_email(self, value: str) -> str:
        return value.lower()


TICKETS = {
    "takes_registrations": True, "opens_at": None, "closes_at": None, "way_in": "open", "takes_codes": False,
    "is_full": False, "has_waiting_list": True,
    "tickets": [
        {
            "id": 7, "name": "Workshop day", "description": "", "way_in": "approval", "opens_programme": False,
            "opens_expo": True, "left": 12, "is_full": False, "closes_at": "2026-05-03T22:00:00Z",
        }
    ],
}  # fmt: skip
ASKED = [
    {
        "field": "q4", "kind": "choice", "label": "What do you eat?", "help": "", "required": True,
        "choices": [{"id": 9, "label": "Anything"}], "only_with": [],
    }
]  # fmt: skip
OWN = {
    "state": "waiting", "ticket": 7, "ticket_name": "Workshop day", "number": 3, "answers": {"q4": "9"}, "reason": "",
    "offered_to": "", "created_at": "2026-04-02T08:11:00Z", "came_at": None,
}  # fmt: skip
