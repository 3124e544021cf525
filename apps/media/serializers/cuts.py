"""The shape of a cut."""

from typing import Any

from rest_framework import serializers

MOST_SECONDS = 48 * 60 * 60


class CutIn(serializers.Serializer[Any]):
    """Which seconds of a recording shall be a file of their own."""

    title = serializers.CharField(max_length=200)
    begins = serializers.FloatField(min_value=0, max_value=MOST_SECONDS)
    ends = serializers.FloatField(min_value=0, max_value=MOST_SECONDS)
