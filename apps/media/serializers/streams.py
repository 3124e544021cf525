"""The shapes of live streams."""

from typing import Any

from rest_framework import serializers

from apps.media import broadcasts, selectors
from apps.media.models import Input, Recording, Stream, StreamKey


class StreamSerializer(serializers.ModelSerializer[Stream]):
    """Give it with the keys that are in use: `selectors.streams`."""

    url = serializers.SerializerMethodField()
    health = serializers.SerializerMethodField()

    class Meta:
        model = Stream
        fields = (
            "id", "key", "title", "state", "choice", "dvr_seconds", "records", "started_at", "ended_at", "created_at",
            "url", "health",
        )  # fmt: skip
        read_only_fields = fields

    def get_url(self, stream: Stream) -> str:
        """Of its master playlist; empty before the first picture."""
        return selectors.live(stream)["url"]

    def get_health(self, stream: Stream) -> dict[str, Any]:
        """How its encoders do: as on the socket, `stream/<id>/health`."""
        return dict(broadcasts.health(stream, list(stream.keys.all())))


class StreamIn(serializers.ModelSerializer[Stream]):
    """What of a stream can be said."""

    class Meta:
        model = Stream
        fields = ("title", "choice", "dvr_seconds", "records")


class StreamKeySerializer(serializers.ModelSerializer[StreamKey]):
    server = serializers.SerializerMethodField()
    secret = serializers.SerializerMethodField()

    class Meta:
        model = StreamKey
        fields = ("input", "server", "secret", "created_at", "used_at")
        read_only_fields = fields

    def get_server(self, key: StreamKey) -> str:
        """What an encoder calls the server."""
        return selectors.ingest_url()

    def get_secret(self, key: StreamKey) -> str:
        """What an encoder calls the stream key."""
        return selectors.secret_of(key)


class StreamKeyIn(serializers.Serializer[Any]):
    input = serializers.ChoiceField(choices=Input.choices)


class RecordingIn(serializers.Serializer[Any]):
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()


class RecordingSerializer(serializers.ModelSerializer[Recording]):
    asset = serializers.CharField(source="asset.key", default="")

    class Meta:
        model = Recording
        fields = ("id", "begins", "ends", "state", "asset")
        read_only_fields = fields


STREAM = {
    "id": 7, "key": "b1Jx0Qm", "title": "Great hall", "state": "live", "choice": "auto", "dvr_seconds": 1800,
    "records": True, "started_at": "2026-04-02T08:11:00Z", "ended_at": None, "created_at": "2026-04-01T16:00:00Z",
    "url": "/e/freshet/media/live/b1Jx0Qm/master.m3u8",
    "health": {
        "id": 7, "state": "live", "choice": "auto", "on_air": "primary", "started": "2026-04-02T08:11:00+00:00",
        "inputs": [
            {
                "input": "primary", "is_here": True, "kbps": 4510, "fps": 30.0, "width": 1920, "height": 1080,
                "has_sound": True, "dropped": 0, "key_frame_at": "2026-04-02T08:40:01.230+00:00",
                "key_frame_every": 2.0,
            }
        ],
    },
}  # fmt: skip
KEY = {
    "input": "primary", "server": "rtmp://live.example.org/live", "secret": "plenary_live_…",
    "created_at": "2026-04-01T16:00:00Z", "used_at": None,
}  # fmt: skip
RECORDING = {"id": 3, "begins": "2026-04-02T08:15:00Z", "ends": "2026-04-02T09:00:00Z", "state": "owed", "asset": ""}
