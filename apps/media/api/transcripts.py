"""Transcripts over HTTP: for those who write them, and found by what was said."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, EventViewSet
from apps.events.doors.desk_calls import DeskCall, Reading
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.media import selectors, services
from apps.media.models import Asset, Line, Transcript
from apps.media.serializers import transcripts as shapes

CHANGED = {404: ["not_found", "transcript.line_gone"], 409: ["transcript.line_changed"]}
FILE = {422: ["transcript.file", "transcript.language"], 409: ["transcript.exists", "transcript.too_many"]}


class _Rows(ListModelMixin, EventViewSet):
    access = Access.MODERATOR
    area = Area.FILES


class TranscriptsView(RetrieveModelMixin, _Rows):
    """Transcripts of the event's films, and what was written live, the newest first; without their lines."""

    serializer_class = shapes.TranscriptSerializer
    ordering = ("-pk",)
    lookup_url_kwarg = "transcript"

    def get_queryset(self) -> QuerySet[Transcript]:
        if getattr(self, "swagger_fake_view", False):
            return Transcript.objects.none()
        rows = selectors.transcripts(self.event)
        if self.action != "list":
            return rows
        query = shapes.TranscriptQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        if key := asked.pop("asset", ""):
            asked["asset__key"] = key
        return rows.filter(**asked)

    @extend_schema(parameters=[shapes.TranscriptQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class TranscriptLinesView(_Rows):
    """The lines of a transcript, in their order."""

    serializer_class = shapes.LineSerializer
    ordering = ("position",)

    def get_queryset(self) -> QuerySet[Line]:
        if getattr(self, "swagger_fake_view", False):
            return Line.objects.none()
        found = get_object_or_404(selectors.transcripts(self.event), pk=self.kwargs["transcript"])
        return selectors.lines_of(found)


class WordsCall(DeskCall):
    """For those who write transcripts: moderators too."""

    access = Access.MODERATOR
    area = Area.FILES

    def asset(self, key: str) -> Asset:
        row: Asset = get_object_or_404(self.event.assets.select_related("encoding", "event"), key=key)
        return row

    def found(self, *, deleted: bool = False) -> Transcript:
        try:
            return selectors.transcript(self.event, self.kwargs["transcript"], deleted=deleted)
        except Transcript.DoesNotExist as error:
            raise Http404 from error

    def told(self, row: Transcript, *, code: int = 200) -> Response:
        return Response(shapes.TranscriptSerializer(row).data, status=code)

    def line(self, row: Line, *, code: int = 200) -> Response:
        return Response(shapes.LineSerializer(row).data, status=code)


class DeskTranscriptsView(WordsCall):
    @documented(
        "transcript_make",
        takes=shapes.TranscriptIn,
        gives=shapes.TranscriptSerializer,
        status=201,
        example=shapes.TRANSCRIPT,
        refuses=FILE,
    )
    def post(self, request: Request, event: str) -> Response:
        """A draft: empty, or from a WebVTT or SRT file (multipart). What is wrong with a file is said with its line."""
        given = self.given(shapes.TranscriptIn)
        asset, file = self.asset(given["asset"]), given.get("file")
        kept: dict[str, Any] = {"language": given["language"], "title": given["title"], "by": self.by}
        if file is None:
            made = services.create_transcript(asset, **kept)
        else:
            made = services.upload_transcript(
                asset, file.read(services.MOST_FILE + 1), replaces=given["replace"], **kept
            )
        return self.told(made, code=201)


class DeskTranscriptView(WordsCall):
    @documented(
        "transcript_change",
        takes=shapes.TranscriptChange,
        gives=shapes.TranscriptSerializer,
        example=shapes.TRANSCRIPT,
        refuses={409: ["transcript.empty"]},
    )
    def patch(self, request: Request, event: str, transcript: int) -> Response:
        """Another title; published, so that it is the captions of the player, or a draft again."""
        services.change_transcript(self.found(), **self.given(shapes.TranscriptChange, partial=True))
        return self.told(self.found())

    @documented("transcript_delete")
    def delete(self, request: Request, event: str, transcript: int) -> Response:
        """Puts it away; for a week it can be brought back."""
        services.delete_transcript(self.found())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskTranscriptRestoreView(WordsCall):
    @documented(
        "transcript_restore",
        takes=None,
        gives=shapes.TranscriptSerializer,
        example=shapes.TRANSCRIPT,
        refuses={409: ["transcript.exists"]},
    )
    def post(self, request: Request, event: str, transcript: int) -> Response:
        """Brings back one that was deleted."""
        return self.told(services.restore_transcript(self.found(deleted=True)))


class DeskTranscriptLinesView(WordsCall):
    @documented(
        "transcript_line_add",
        takes=shapes.LineIn,
        gives=shapes.LineSerializer,
        status=201,
        example=shapes.LINE,
        refuses={409: ["transcript.times", "transcript.too_long"]},
    )
    def post(self, request: Request, event: str, transcript: int) -> Response:
        """One more line, where its time says."""
        return self.line(services.add_line(self.found(), **self.given(shapes.LineIn)), code=201)


class DeskTranscriptLineView(WordsCall):
    @documented(
        "transcript_line_change",
        takes=shapes.LineChange,
        gives=shapes.LineSerializer,
        example=shapes.LINE,
        refuses=CHANGED,
    )
    def patch(self, request: Request, event: str, transcript: int, line: int) -> Response:
        """Changes a line if it still is as you saw it."""
        return self.line(services.change_line(self.found(), line, **self.given(shapes.LineChange)))

    @documented("transcript_line_delete", asks=[shapes.LineSeen], refuses=CHANGED)
    def delete(self, request: Request, event: str, transcript: int, line: int) -> Response:
        services.delete_line(self.found(), line, **self.asked(shapes.LineSeen))
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskTranscriptLineSplitView(WordsCall):
    @documented(
        "transcript_line_split",
        takes=shapes.LineSplit,
        gives=shapes.LineSerializer(many=True),
        example=[shapes.LINE],
        refuses=CHANGED,
    )
    def post(self, request: Request, event: str, transcript: int, line: int) -> Response:
        """Makes two lines of one."""
        both = services.split_line(self.found(), line, **self.given(shapes.LineSplit))
        return Response(shapes.LineSerializer(both, many=True).data)


class DeskTranscriptLineJoinView(WordsCall):
    @documented(
        "transcript_line_join",
        takes=shapes.LineSeen,
        gives=shapes.LineSerializer,
        example=shapes.LINE,
        refuses=CHANGED,
    )
    def post(self, request: Request, event: str, transcript: int, line: int) -> Response:
        """Joins a line with the next."""
        return self.line(services.join_line(self.found(), line, **self.given(shapes.LineSeen)))


class DeskTranscriptShiftView(WordsCall):
    @documented(
        "transcript_shift",
        takes=shapes.ShiftIn,
        gives=shapes.Counted,
        example={"count": 812},
        refuses={409: ["transcript.shift"]},
    )
    def post(self, request: Request, event: str, transcript: int) -> Response:
        """All lines later by so many milliseconds, or earlier where they are below zero."""
        return Response({"count": services.shift_lines(self.found(), **self.given(shapes.ShiftIn))})


class DeskTranscriptSpeakerView(WordsCall):
    @documented("transcript_speaker", takes=shapes.RenameIn, gives=shapes.Counted, example={"count": 41})
    def post(self, request: Request, event: str, transcript: int) -> Response:
        """Gives a speaker another name in every line."""
        return Response({"count": services.rename_speaker(self.found(), **self.given(shapes.RenameIn))})


class DeskTranscriptReplaceView(WordsCall):
    @documented(
        "transcript_replace",
        takes=shapes.ReplaceIn,
        gives=shapes.Replaced,
        example={"count": 1, "first": [{"id": 901, "before": "Eleven mayors.", "after": "Eleven majors."}]},
        refuses={409: ["transcript.no_words", "transcript.line_too_long"]},
    )
    def post(self, request: Request, event: str, transcript: int) -> Response:
        """Finds and replaces in every line, or only says what that would do."""
        found, wish = self.found(), self.given(shapes.ReplaceIn)
        is_preview = wish.pop("preview")
        what = selectors.replacements(found, **wish)
        count = what.count if is_preview else services.replace_text(found, **wish)
        first = [{"id": line.pk, "before": line.text, "after": after} for line, after in what.first]
        return Response({"count": count, "first": first})


SEARCH_PACE = Rate(per_second=1, burst=15)
"""Of each film in which something was said it is asked whether the caller may see it."""


class SaidView(Paced, Reading, EventAPIView):
    access = Access.ATTENDEE
    area = Area.AGENDA

    @documented("said", asks=[shapes.SaidQuery], gives=shapes.SaidHere, example=shapes.SAID)
    def get(self, request: Request, event: str) -> Response:
        """Where something was said in the event's films, to the second; at most fifty lines, of films that you may
        see."""
        self.spend_at(SEARCH_PACE, "said")
        asked = self.asked(shapes.SaidQuery)
        found = selectors.said(
            self.event,
            asked["q"],
            language=asked.get("language", ""),
            user_id=self.person.pk if self.person else None,
            roles=self.roles,
        )
        return Response({"results": shapes.SaidLine(found, many=True, context={"request": request}).data})
