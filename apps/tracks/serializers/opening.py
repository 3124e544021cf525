"""What a ticket opens."""

from typing import Any

from rest_framework import serializers

MOST = 500


class OpenedSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class OpensSerializer(serializers.Serializer[Any]):
    """`selectors.opened_by`."""

    everything = serializers.BooleanField(help_text="Every session; then the lists are empty.")
    tracks = OpenedSerializer(many=True)
    sessions = OpenedSerializer(many=True)


class OpensIn(serializers.Serializer[Any]):
    tracks = serializers.ListField(
        child=serializers.SlugField(max_length=80), max_length=MOST, default=list, help_text="Slugs of tracks."
    )
    sessions = serializers.ListField(
        child=serializers.SlugField(max_length=120), max_length=MOST, default=list, help_text="Slugs of sessions."
    )


OPENS = {"everything": False, "tracks": [{"slug": "rivers", "name": "Rivers"}], "sessions": []}
