"""Tickets, invitation codes and questions at registration, as organisers set them."""

from typing import Any

from rest_framework import serializers

from apps.core import clock
from apps.core.moments import validate_moment
from apps.events.models import Event, InvitationCode, Question, TicketKind
from apps.events.models.ticket import CODE
from apps.events.serializers.registrations import NUMBER
from apps.events.serializers.texts import Texts
from apps.events.services.asking import MOST_CHOICES

MOST_CODES = 500
"""Made by one call: the answer says each."""
MOST_TICKETS = 100
POSITION: dict[str, Any] = {"min_value": 0, "max_value": 32767, "required": False}


class TicketSerializer(serializers.ModelSerializer[TicketKind]):
    """Needs `event` in the context. `taken` is counted by whoever reads it."""

    name = Texts(max_length=120)
    description = Texts(max_length=1000, blank=True, required=False)
    position = serializers.IntegerField(**POSITION)
    capacity = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, allow_null=True, required=False, help_text="Null: as many as the event."
    )
    admission = serializers.ChoiceField(
        choices=Event.Admission.choices, allow_blank=True, required=False, help_text="Empty: as the event."
    )
    taken = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = TicketKind
        fields = (
            *("id", "name", "description", "position", "capacity", "taken", "admission", "opens_at", "closes_at"),
            *("is_offered", "opens_programme", "opens_expo"),
        )


class CodesQuery(serializers.Serializer[Any]):
    ticket = serializers.IntegerField(required=False, **NUMBER)
    works = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether it lets somebody in now."
    )


class CodeSerializer(serializers.ModelSerializer[InvitationCode]):
    ticket = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)
    works = serializers.SerializerMethodField(help_text="Whether it lets somebody in now.")

    class Meta:
        model = InvitationCode
        fields = (
            *("id", "code", "ticket", "uses", "used", "lets_in", "expires_at", "revoked_at", "works", "note"),
            "created_at",
        )
        read_only_fields = fields

    def get_works(self, code: InvitationCode) -> bool:
        is_over = code.revoked_at or (code.expires_at and code.expires_at <= clock.now())
        return not is_over and (code.uses is None or code.used < code.uses)


class MadeCodesSerializer(serializers.Serializer[Any]):
    codes = CodeSerializer(many=True)


class CodesIn(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        validators=[CODE],
        help_text="A word of yours. Empty: one is made up that nobody can guess.",
    )
    count = serializers.IntegerField(min_value=1, max_value=MOST_CODES, default=1)
    ticket = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="Null: any.", **NUMBER)
    uses = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, allow_null=True, default=1, help_text="Null: as often as there are places."
    )
    lets_in = serializers.BooleanField(default=True, help_text="Who has it needs nobody's yes.")
    expires_at = serializers.DateTimeField(allow_null=True, default=None, validators=[validate_moment])
    note = serializers.CharField(max_length=120, allow_blank=True, default="")


class CodeChange(serializers.Serializer[Any]):
    """What is left out stays; its word stays in any case."""

    ticket = serializers.IntegerField(required=False, allow_null=True, help_text="Null: any.", **NUMBER)
    uses = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        allow_null=True,
        help_text="Null: as often as there are places.",
    )
    lets_in = serializers.BooleanField(required=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_moment])
    note = serializers.CharField(max_length=120, required=False, allow_blank=True)
    ended = serializers.BooleanField(
        required=False, help_text="True ends it, as DELETE does; false lets people in by it again."
    )


class Ids(serializers.ListField):
    """Of rows that hang on another."""

    def to_representation(self, data: Any) -> list[int]:
        return [row.pk for row in data.all()]


class SaidChoiceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(
        source="pk", required=False, allow_null=True, help_text="Of one that is there; left out: a new one.", **NUMBER
    )
    label = Texts(max_length=200)  # type: ignore[assignment]


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """Needs `event` in the context."""

    field = serializers.CharField(read_only=True, help_text="The name of its answer in `answers`.")
    label = Texts(max_length=1000)  # type: ignore[assignment]
    help = Texts(max_length=300, blank=True, required=False)
    position = serializers.IntegerField(**POSITION)
    choices = SaidChoiceSerializer(  # type: ignore[call-arg]
        many=True,
        max_length=MOST_CHOICES,
        required=False,
        help_text="In their order. They take the place of those that are there.",
    )
    tickets = Ids(
        child=serializers.IntegerField(**NUMBER),
        max_length=MOST_TICKETS,
        required=False,
        help_text="Ids of the tickets with which it is asked; none: with all.",
    )

    class Meta:
        model = Question
        fields = (
            *("id", "field", "kind", "label", "help", "required", "is_asked", "position", "choices", "tickets"),
            "version",
        )
        read_only_fields = ("version",)


TICKET = {
    "id": 7, "name": {"en": "Workshop day"}, "description": {}, "position": 1, "capacity": 40, "taken": 28,
    "admission": "approval", "opens_at": None, "closes_at": "2026-05-03T22:00:00Z", "is_offered": True,
    "opens_programme": False, "opens_expo": True,
}  # fmt: skip
MADE_CODE = {
    "id": 90, "code": "HERON7K2QM", "ticket": 7, "uses": 1, "used": 0, "lets_in": True, "expires_at": None,
    "revoked_at": None, "works": True, "note": "For the press", "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
QUESTION = {
    "id": 4, "field": "q4", "kind": "choice", "label": {"en": "What do you eat?"}, "help": {}, "required": True,
    "is_asked": True, "position": 0, "choices": [{"id": 9, "label": {"en": "Anything"}}], "tickets": [], "version": 1,
}  # fmt: skip
