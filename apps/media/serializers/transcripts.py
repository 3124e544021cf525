"""The shapes of transcripts, of their lines, and of what is done with them."""

from typing import Any

from rest_framework import serializers

from apps.media import selectors
from apps.media.adapters.cues import MOST_MS, MOST_SPEAKER, MOST_TEXT
from apps.media.models import Line, Transcript


class TranscriptSerializer(serializers.ModelSerializer[Transcript]):
    """`asset` is the key of its film; `stage` where it was written live."""

    asset = serializers.CharField(source="asset.key", allow_null=True, default=None)
    stage = serializers.CharField(source="stage_key")
    language_name = serializers.SerializerMethodField()

    class Meta:
        model = Transcript
        fields = (
            "id", "key", "asset", "stage", "language", "language_name", "title", "state", "origin", "revision",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_language_name(self, transcript: Transcript) -> str:
        """As its own speakers call it."""
        return selectors.own_language_name(transcript)


class LineSerializer(serializers.ModelSerializer[Line]):
    """Times are in milliseconds from the beginning of the film. `version` is what a change has to name."""

    class Meta:
        model = Line
        fields = ("id", "begins", "ends", "speaker", "text", "version")
        read_only_fields = fields


class TranscriptQuery(serializers.Serializer[Any]):
    """What a list of transcripts may be narrowed by."""

    asset = serializers.CharField(max_length=40, required=False)
    language = serializers.CharField(max_length=10, required=False)
    state = serializers.ChoiceField(choices=Transcript.State.choices, required=False)


class TranscriptIn(serializers.Serializer[Any]):
    """A new transcript of a film: empty, or from a WebVTT or SRT file."""

    asset = serializers.CharField(max_length=40)
    language = serializers.CharField(max_length=10)
    title = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    file = serializers.FileField(required=False)
    replace = serializers.BooleanField(default=False)


class TranscriptChange(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    state = serializers.ChoiceField(choices=Transcript.State.choices, required=False)


class LineIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=MOST_TEXT)
    speaker = serializers.CharField(max_length=MOST_SPEAKER, required=False, default="", allow_blank=True)
    begins = serializers.IntegerField(min_value=0, max_value=MOST_MS)
    ends = serializers.IntegerField(min_value=0, max_value=MOST_MS)


class LineChange(serializers.Serializer[Any]):
    """What is left out stays. `version` is the one that you saw: where somebody changed the line since, nothing is
    done (409)."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    text = serializers.CharField(max_length=MOST_TEXT, required=False)
    speaker = serializers.CharField(max_length=MOST_SPEAKER, required=False, allow_blank=True)
    begins = serializers.IntegerField(min_value=0, max_value=MOST_MS, required=False)
    ends = serializers.IntegerField(min_value=0, max_value=MOST_MS, required=False)


class LineSeen(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class LineSplit(LineSeen):
    """`at` is a character of the text; `moment`, in milliseconds, when the second part begins."""

    at = serializers.IntegerField(min_value=1, max_value=MOST_TEXT)
    moment = serializers.IntegerField(min_value=0, max_value=MOST_MS, required=False)


class ShiftIn(serializers.Serializer[Any]):
    by = serializers.IntegerField(min_value=-MOST_MS, max_value=MOST_MS)


class RenameIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=MOST_SPEAKER, allow_blank=True)
    to = serializers.CharField(max_length=MOST_SPEAKER, allow_blank=True)


class ReplaceIn(serializers.Serializer[Any]):
    """`preview` only says what it would do."""

    find = serializers.CharField(max_length=200, trim_whitespace=False)
    replacement = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False, default="")
    match_case = serializers.BooleanField(default=False)
    preview = serializers.BooleanField(default=False)


class Counted(serializers.Serializer[Any]):
    """How many lines it concerned."""

    count = serializers.IntegerField()


class ReplacedLine(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    before = serializers.CharField()
    after = serializers.CharField()


class Replaced(Counted):
    """`first` are the first fifty."""

    first = ReplacedLine(many=True)


class SaidQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=selectors.MOST_QUERY)
    language = serializers.CharField(max_length=10, required=False, default="")


class SaidLine(serializers.ModelSerializer[Line]):
    """Where it was said: in which film, from which millisecond, and the page that plays it from there."""

    asset = serializers.CharField(source="transcript.asset.key")
    title = serializers.CharField(source="transcript.asset.title")
    language = serializers.CharField(source="transcript.language")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Line
        fields = ("id", "asset", "title", "language", "begins", "ends", "speaker", "text", "url")
        read_only_fields = fields

    def get_url(self, line: Line) -> str:
        return selectors.moment_url(line)


class SaidHere(serializers.Serializer[Any]):
    results = SaidLine(many=True)


TRANSCRIPT = {
    "id": 7, "key": "9sKq2mXa", "asset": "3Ckq0Xc2", "stage": "", "language": "en", "language_name": "English",
    "title": "", "state": "published", "origin": "file", "revision": 12, "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
LINE = {"id": 901, "begins": 12500, "ends": 15200, "speaker": "Ada", "text": "Eleven mayors.", "version": 3}
SAID = {
    "results": [
        {
            "id": 901, "asset": "3Ckq0Xc2", "title": "Reading a river", "language": "en", "begins": 12500,
            "ends": 15200, "speaker": "Ada", "text": "Eleven mayors.",
            "url": "/e/freshet/media/3Ckq0Xc2/watch/?t=12&language=en",
        }
    ]
}  # fmt: skip
