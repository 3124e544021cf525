"""Live streams over HTTP: made and changed by whoever runs the event, watched over by its staff."""

from typing import ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.desk_calls import DeskCall, changed
from apps.media import selectors, services
from apps.media.models import Recording, Stream
from apps.media.serializers.streams import (
    KEY,
    RECORDING,
    STREAM,
    RecordingIn,
    RecordingSerializer,
    StreamIn,
    StreamKeyIn,
    StreamKeySerializer,
    StreamSerializer,
)

NOT_STORED = {"Cache-Control": "no-store"}


class StreamCall(DeskCall):
    area = Area.FILES

    def rows(self) -> QuerySet[Stream]:
        return selectors.streams(self.event)

    def stream(self) -> Stream:
        found: Stream = get_object_or_404(self.rows(), key=self.kwargs["key"])
        return found

    def told(self, *, status: int = 200) -> Response:
        return Response(StreamSerializer(self.stream()).data, status=status)


class StreamsView(StreamCall, Sparse, ListAPIView[Stream]):
    access = Access.MODERATOR
    serializer_class = StreamSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Stream]:
        return Stream.objects.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    @extend_schema(operation_id="streams")
    def get(self, request: Request, *args: str, **kwargs: str) -> Response:
        """The event's live streams, the newest first; each with how its encoders do."""
        return self.list(request, *args, **kwargs)


class StreamView(EventAPIView):
    access = Access.MODERATOR
    area = Area.FILES

    @documented("stream", gives=StreamSerializer, example=STREAM)
    def get(self, request: Request, event: str, key: str) -> Response:
        """A live stream, and how its encoders do."""
        return Response(StreamSerializer(get_object_or_404(selectors.streams(self.event), key=key)).data)


class DeskStreamsView(StreamCall):
    @documented(
        "stream_make",
        takes=StreamIn,
        gives=StreamSerializer,
        status=201,
        example=STREAM,
        refuses={409: ["stream.most"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a live stream, with a key for each of its two inputs."""
        made = services.create_stream(self.event, **self.given(StreamIn))
        self.kwargs["key"] = made.key
        return self.told(status=201)


class DeskStreamView(StreamCall):
    @documented("stream_change", takes=StreamIn, gives=StreamSerializer, example=STREAM, refuses={404: ["stream.gone"]})
    def patch(self, request: Request, event: str, key: str) -> Response:
        """Another title or window, whether it is recorded, or which input is wanted on air."""
        found = self.stream()
        services.change_stream(found, changed=changed(found, self.given(StreamIn, instance=found, partial=True)))
        return self.told()

    @documented("stream_delete")
    def delete(self, request: Request, event: str, key: str) -> Response:
        """Deletes it with what viewers could go back to. Recordings that were made of it stay."""
        services.delete_stream(self.stream())
        return Response(status=204)


class DeskStreamEndView(StreamCall):
    @documented("stream_end", takes=None, gives=StreamSerializer, example=STREAM, refuses={409: ["stream.ended"]})
    def post(self, request: Request, event: str, key: str) -> Response:
        """Ends it: encoders are cut off, viewers see the end, and the recording is made."""
        services.end_stream(self.stream())
        return self.told()


class DeskStreamOpenView(StreamCall):
    @documented("stream_open", takes=None, gives=StreamSerializer, example=STREAM, refuses={409: ["stream.open"]})
    def post(self, request: Request, event: str, key: str) -> Response:
        """Opens it again after its end."""
        services.open_stream(self.stream())
        return self.told()


class DeskStreamKeysView(StreamCall):
    takes_keys: ClassVar[bool] = False  # an answer that is kept would be a secret that is kept

    @documented("stream_keys", gives=StreamKeySerializer(many=True), example=[KEY])
    def get(self, request: Request, event: str, key: str) -> Response:
        """What its encoders are given: the server, and a key for each input."""
        found = selectors.keys_in_use(self.stream())
        return Response(StreamKeySerializer(found, many=True).data, headers=NOT_STORED)

    @documented("stream_key_make", takes=StreamKeyIn, gives=StreamKeySerializer, status=201, example=KEY)
    def post(self, request: Request, event: str, key: str) -> Response:
        """Makes a new key for an input; whoever publishes with the old one is cut off."""
        made = services.rotate_key(self.stream(), which=self.given(StreamKeyIn)["input"])
        return Response(StreamKeySerializer(made).data, status=201, headers=NOT_STORED)


class DeskStreamKeyView(StreamCall):
    @documented("stream_key_revoke")
    def delete(self, request: Request, event: str, key: str, which: str) -> Response:
        """Revokes an input's key; whoever publishes with it is cut off within two seconds."""
        services.revoke_key(self.stream(), which=which)
        return Response(status=204)


class DeskStreamRecordingsView(StreamCall, ListAPIView[Recording]):
    serializer_class = RecordingSerializer
    ordering = ("-pk",)

    def get_queryset(self) -> QuerySet[Recording]:
        if getattr(self, "swagger_fake_view", False):
            return Recording.objects.none()
        return self.stream().recordings.select_related("asset")

    @extend_schema(operation_id="stream_recordings")
    def get(self, request: Request, *args: str, **kwargs: str) -> Response:
        """The films that were made of it, or are owed."""
        return self.list(request, *args, **kwargs)

    @documented(
        "stream_record",
        takes=RecordingIn,
        gives=RecordingSerializer,
        status=201,
        example=RECORDING,
        refuses={409: ["stream.not_recorded", "stream.recordings"], 422: ["stream.recording-ends"]},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Makes a film of what came in between two moments; asked again for the same, it is the same one."""
        made = services.make_recording(self.stream(), **self.given(RecordingIn))
        return Response(RecordingSerializer(made).data, status=201)
