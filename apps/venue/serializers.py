"""What waits for a person in an event, as the API tells it."""

from typing import Any

from rest_framework import serializers

from apps.events.registry import NEWS, OPEN_NOW, REPLY, RUNNING, SOON, Entry

KINDS = {OPEN_NOW: "open", RUNNING: "running", SOON: "soon", REPLY: "reply", NEWS: "news"}


class WaitingSerializer(serializers.Serializer[Any]):
    kind = serializers.SerializerMethodField(
        help_text="open: to be answered now; running, soon: a session; reply: somebody answered; news: was announced."
    )
    at = serializers.DateTimeField(help_text="When it ends, begins or was said.")
    until = serializers.DateTimeField(allow_null=True, help_text="When it closes, where it does.")
    title = serializers.CharField()
    why = serializers.CharField(help_text="Why it stands here, in words; or empty.")
    url = serializers.CharField()

    def get_kind(self, entry: Entry) -> str:
        return KINDS[entry.rank]


class NextSerializer(serializers.Serializer[Any]):
    next = WaitingSerializer(many=True)


NEXT = {
    "next": [
        {
            "kind": "soon", "at": "2026-05-04T13:30:00Z", "until": None, "title": "Reading a river",
            "why": "You starred it.", "url": "/e/freshet/sessions/reading-a-river/",
        }
    ]
}  # fmt: skip
