"""The shapes of chapters."""

from typing import Any

from rest_framework import serializers

from apps.media.models import Chapter


class ChapterIn(serializers.Serializer[Any]):
    begins = serializers.FloatField(min_value=0, max_value=24 * 60 * 60)
    """In seconds from the beginning of the film."""
    title = serializers.CharField(max_length=120)


class ChaptersIn(serializers.Serializer[Any]):
    """All chapters of a film: as a list, or as a text, which is WebVTT or has a line for each (`12:30 The weir`)."""

    chapters = serializers.ListField(child=ChapterIn(), max_length=Chapter.MOST, required=False)
    text = serializers.CharField(max_length=200_000, required=False, allow_blank=True, trim_whitespace=False)


class ChapterSerializer(serializers.Serializer[Any]):
    begins = serializers.FloatField()
    title = serializers.CharField()


class ChaptersSerializer(serializers.Serializer[Any]):
    chapters = ChapterSerializer(many=True)


CHAPTERS = {"chapters": [{"begins": 0, "title": "Good morning"}, {"begins": 754.0, "title": "What the gauges say"}]}
