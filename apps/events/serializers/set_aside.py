"""Answers that were set aside, as the API tells of them: why, and never who or what."""

from typing import Any

from rest_framework import serializers

from apps.events.selectors.set_aside import why_set_aside
from apps.intake.models import DeadLetter


class SetAsideQuery(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=60, required=False, help_text="Such as polls.answer.")
    code = serializers.CharField(max_length=60, required=False, help_text="Why it could not be written.")


class SetAsideSerializer(serializers.ModelSerializer[DeadLetter]):
    why = serializers.SerializerMethodField(help_text="What happened, in words.")
    title = serializers.CharField(read_only=True, help_text="What it answers.")
    at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When it was accepted; null where that would say who it was."
    )

    class Meta:
        model = DeadLetter
        fields = ("id", "kind", "title", "code", "why", "at", "attempts", "created_at", "tried_at")
        read_only_fields = fields

    def get_why(self, letter: DeadLetter) -> str:
        return why_set_aside(letter)


SET_ASIDE = {
    "id": 3, "kind": "polls.answer", "title": "Who should move over for the river?", "code": "intake.failed",
    "why": "The database would not take it.", "at": "2026-05-04T13:31:00Z", "attempts": 1,
    "created_at": "2026-05-04T13:31:02Z", "tried_at": "2026-05-04T13:31:02Z",
}  # fmt: skip
