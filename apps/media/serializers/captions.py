"""The shapes of live captions."""

from typing import Any

from rest_framework import serializers

from apps.media.adapters.cues import MOST_MS, MOST_SPEAKER, MOST_TEXT


class CaptionIn(serializers.Serializer[Any]):
    """`final` false: it is still being said, and the next one takes its place. Times are milliseconds from the stage's
    beginning; without them it was said just now."""

    language = serializers.CharField(max_length=10)
    text = serializers.CharField(max_length=MOST_TEXT, allow_blank=True)
    speaker = serializers.CharField(max_length=MOST_SPEAKER, required=False, default="", allow_blank=True)
    final = serializers.BooleanField(default=True)
    begins = serializers.IntegerField(min_value=0, max_value=MOST_MS, required=False)
    ends = serializers.IntegerField(min_value=0, max_value=MOST_MS, required=False)


class CaptionMachineIn(serializers.Serializer[Any]):
    """`language` is the one that is spoken; without it, the stage's own."""

    hears = serializers.BooleanField()
    language = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)


class PushedSerializer(serializers.Serializer[Any]):
    """How many lines were taken."""

    count = serializers.IntegerField()


class CaptionKeySerializer(serializers.Serializer[Any]):
    """It is told this once; what is kept opens nothing."""

    key = serializers.CharField()


KEY = {"key": "q3mZ0cXoYlA6J7v1sWk4tR8u2bNfHd5e"}
