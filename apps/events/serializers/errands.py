"""What is done for many people at once, and how far it is."""

from typing import Any

from rest_framework import serializers

from apps.core.words import said
from apps.events.models import Errand
from apps.events.serializers.registrations import NUMBER

MOST_ROWS = 10_000
DEEDS = [(deed.value, deed.value) for deed in Errand.Deed if deed.value not in (*Errand.OF_ROLES, *Errand.OF_BANS)]
"""What is done to registrations."""
OF_ROLES = [deed for deed in Errand.Deed if deed.value in Errand.OF_ROLES]


class ErrandSerializer(serializers.ModelSerializer[Errand]):
    by = serializers.CharField(source="by.email", read_only=True, default="")
    count = serializers.IntegerField(read_only=True, help_text="For how many it is done.")
    come_to = serializers.IntegerField(source="at_row", read_only=True, help_text="To how many of them it has come.")
    done = serializers.IntegerField(read_only=True, help_text="For how many of these it worked.")

    class Meta:
        model = Errand
        fields: tuple[str, ...] = ("id", "deed", "reason", "by", "state", "count", "come_to", "done", "created_at")
        read_only_fields: tuple[str, ...] = fields


class LeftOutSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Of the registration, role or ban; 0: about the rest of them.")
    code = serializers.CharField()
    why = serializers.CharField(help_text="In words.")


class ErrandDetailSerializer(ErrandSerializer):
    left_out = serializers.SerializerMethodField()

    class Meta(ErrandSerializer.Meta):
        fields = (*ErrandSerializer.Meta.fields, "left_out")
        read_only_fields = fields

    def get_left_out(self, errand: Errand) -> LeftOutSerializer(many=True):  # type: ignore[valid-type]
        """The first 500 for whom it could not be done, and why."""
        told = [{"id": row, "code": code, "why": said(words)} for row, code, words in errand.refused]
        shown: Any = LeftOutSerializer(told, many=True).data
        return shown


def _rows() -> "serializers.ListField":
    return serializers.ListField(
        child=serializers.IntegerField(**NUMBER),
        min_length=1,
        max_length=MOST_ROWS,
        help_text="Their numbers, in the order in which they have their turn.",
    )


class ErrandIn(serializers.Serializer[Any]):
    deed = serializers.ChoiceField(choices=DEEDS)
    registrations = _rows()
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a no, or of places that are cancelled: stands in the mail to them.",
    )


class RoleErrandIn(serializers.Serializer[Any]):
    deed = serializers.ChoiceField(choices=[(deed.value, deed.value) for deed in OF_ROLES])
    roles = _rows()


class BanErrandIn(serializers.Serializer[Any]):
    bans = _rows()


ERRAND = {
    "id": 6, "deed": "approve", "reason": "", "by": "ines@lakeside.example", "state": "running", "count": 240,
    "come_to": 60, "done": 59, "created_at": "2026-04-02T08:11:00Z",
    "left_out": [{"id": 1204, "code": "registration.full", "why": "The event is full."}],
}  # fmt: skip
ERRAND_OF_ROLES = {**ERRAND, "deed": "mail_roles", "left_out": []}
ERRAND_OF_BANS = {**ERRAND, "deed": "lift_bans", "left_out": []}
