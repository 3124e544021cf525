"""The agenda over REST, for those who run the event: rooms, tracks, speakers and sessions are made and changed."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import scope
from apps.events.doors.desk_calls import DeskCall, changed, check
from apps.events.models import Event
from apps.media.models import Asset
from apps.tracks import selectors, services
from apps.tracks.models import Room, Session, Speaker, Tag, Track
from apps.tracks.serializers.programme import (
    ROOM,
    SESSION,
    SPEAKER,
    TRACK,
    DeskRoomSerializer,
    DeskSessionQuery,
    DeskSessionSerializer,
    DeskSpeakerSerializer,
    DeskTrackSerializer,
    WrittenSessionSerializer,
)

TAKEN = ["agenda.name_taken", "agenda.address_taken"]
"""By somebody who wrote at the same moment; what was taken before is told by field."""
FULL = "agenda.too_many"
CHANGED = ["event.archived", "session.moved", "agenda.address_taken", "agenda.part_gone", FULL]
"""Full where it names tags that are not there yet."""


class ProgrammeCall(DeskCall):
    area = Area.PROGRAMME

    def get_serializer_context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self, "event": getattr(self, "event", None)}

    def asset(self, key: str | None, *, kind: str, field: str) -> Asset | None:
        if not key:
            return None
        found = Asset.objects.filter(event=self.event, kind=kind, key=key).first()
        if found is None:
            raise ValidationError({field: [_("The event has no such file.")]})
        return found


class PartCall(ProgrammeCall):
    """Rooms, tracks, speakers and tags are written alike."""

    shape: ClassVar[Any]
    model: ClassVar[type[Room | Track | Speaker | Tag]]

    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model._default_manager.filter(event=self.event)
        return found

    def found(self) -> Any:
        return get_object_or_404(self.rows(), slug=self.kwargs[self.model._meta.model_name or ""])

    def wish(self, row: Any = None) -> dict[str, Any]:
        return self.given(self.shape, instance=row, partial=row is not None, event=self.event)

    def make(self) -> Response:
        row: Any = self.model(event=self.event)
        if isinstance(row, Track):
            row.colour = 0  # one that its neighbours do not have, if none is said
        changed(row, self.wish())
        check(row, but=("colour", *(() if row.slug else ("slug",))))
        services.save_part(row)
        return self.told(row, status=201)

    def change(self) -> Response:
        row = self.found()
        new = changed(row, self.wish(row))
        check(row)
        services.save_part(row, changed=new)
        return self.told(row)

    def remove(self) -> Response:
        services.remove_part(self.found())
        return Response(status=204)

    def told(self, row: Any, *, status: int = 200) -> Response:
        return Response(self.shape(row, context={"event": self.event}).data, status=status)


class PartsView(PartCall, Sparse, ListAPIView[Any]):
    ordering: ClassVar[tuple[str, ...]] = ("position", "pk")

    def get_serializer_class(self) -> Any:
        return self.shape

    def get_queryset(self) -> QuerySet[Any]:
        fake = getattr(self, "swagger_fake_view", False)
        return self.model._default_manager.none() if fake else self.rows()


class _OfTracks(PartCall):
    shape = DeskTrackSerializer
    model = Track


class DeskTracksView(_OfTracks, PartsView):
    @extend_schema(operation_id="desk_tracks")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The tracks, with their names in each language."""
        return self.list(request, *args, **kwargs)

    @documented(
        "track_make",
        takes=DeskTrackSerializer,
        gives=DeskTrackSerializer,
        status=201,
        example=TRACK,
        refuses={409: [*TAKEN, FULL]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a track. Its colour and mark are chosen for it where you say none."""
        return self.make()


class DeskTrackView(_OfTracks):
    @documented("track", gives=DeskTrackSerializer, example=TRACK)
    def get(self, request: Request, event: str, track: str) -> Response:
        """One of them."""
        return self.told(self.found())

    @documented(
        "track_change",
        takes=DeskTrackSerializer,
        gives=DeskTrackSerializer,
        example=TRACK,
        refuses={409: TAKEN},
    )
    def patch(self, request: Request, event: str, track: str) -> Response:
        """Changes what is said."""
        return self.change()

    @documented("track_delete")
    def delete(self, request: Request, event: str, track: str) -> Response:
        """Deletes it; its sessions stay, in no track."""
        return self.remove()


class _OfRooms(PartCall):
    shape = DeskRoomSerializer
    model = Room


class DeskRoomsView(_OfRooms, PartsView):
    @extend_schema(operation_id="desk_rooms")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The rooms, with their names in each language."""
        return self.list(request, *args, **kwargs)

    @documented(
        "room_make",
        takes=DeskRoomSerializer,
        gives=DeskRoomSerializer,
        status=201,
        example=ROOM,
        refuses={409: [*TAKEN, FULL]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a room, which people also call a stage."""
        return self.make()


class DeskRoomView(_OfRooms):
    @documented("room", gives=DeskRoomSerializer, example=ROOM)
    def get(self, request: Request, event: str, room: str) -> Response:
        """One of them."""
        return self.told(self.found())

    @documented("room_change", takes=DeskRoomSerializer, gives=DeskRoomSerializer, example=ROOM, refuses={409: TAKEN})
    def patch(self, request: Request, event: str, room: str) -> Response:
        """Changes what is said."""
        return self.change()

    @documented("room_delete", refuses={409: ["room.in_use"]})
    def delete(self, request: Request, event: str, room: str) -> Response:
        """Deletes one in which no session takes place."""
        return self.remove()


class _OfSpeakers(PartCall):
    shape = DeskSpeakerSerializer
    model = Speaker

    def rows(self) -> QuerySet[Any]:
        return super().rows().select_related("photo")

    def wish(self, row: Any = None) -> dict[str, Any]:
        wish = super().wish(row)
        if "photo" in wish:
            wish["photo"] = self.asset(wish["photo"]["key"], kind="image", field="photo")
        number = wish.get("user_id")
        people = scope.people_of(Event.objects.filter(pk=self.event.pk))
        if number is not None and not people.filter(pk=number).exists():
            raise ValidationError({"person": [_("There is nobody with this number in the event.")]})
        return wish


class DeskSpeakersView(_OfSpeakers, PartsView):
    ordering = ("name", "pk")

    @extend_schema(operation_id="desk_speakers")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The speakers, with what is written about them in each language."""
        return self.list(request, *args, **kwargs)

    @documented(
        "speaker_make",
        takes=DeskSpeakerSerializer,
        gives=DeskSpeakerSerializer,
        status=201,
        example=SPEAKER,
        refuses={409: ["agenda.address_taken", "agenda.part_gone", FULL]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a speaker, with or without an account. A role in the event is another thing."""
        return self.make()


class DeskSpeakerView(_OfSpeakers):
    @documented("speaker", gives=DeskSpeakerSerializer, example=SPEAKER)
    def get(self, request: Request, event: str, speaker: str) -> Response:
        """One of them."""
        return self.told(self.found())

    @documented(
        "speaker_change",
        takes=DeskSpeakerSerializer,
        gives=DeskSpeakerSerializer,
        example=SPEAKER,
        refuses={409: ["agenda.address_taken", "agenda.part_gone"]},
    )
    def patch(self, request: Request, event: str, speaker: str) -> Response:
        """Changes what is said."""
        return self.change()

    @documented("speaker_delete")
    def delete(self, request: Request, event: str, speaker: str) -> Response:
        """Deletes a speaker, who is then on no session any more."""
        return self.remove()


class SessionCall(ProgrammeCall):
    def rows(self) -> QuerySet[Session]:
        found = self.event.sessions.select_related("room", "track", "video").defer("imported")
        return found.prefetch_related("session_speakers__speaker", "tags")

    def found(self) -> Session:
        row: Session = get_object_or_404(self.rows(), slug=self.kwargs["session"])
        row.event = self.event
        return row

    def wish(self, row: Session | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The session's own fields, and what goes beside them."""
        wish = self.given(DeskSessionSerializer, instance=row, partial=row is not None, event=self.event)
        beside: dict[str, Any] = {name: wish.pop(name) for name in ("seen", "tags") if name in wish}
        if "people" in wish:
            beside["speakers"] = self.speakers(wish.pop("people"))
        if "room" in wish:
            wish["room"] = self.part(self.event.rooms, wish["room"]["slug"], field="room")
        if "track" in wish:
            wish["track"] = self.part(self.event.tracks, wish["track"]["slug"], field="track")
        if "video" in wish:
            wish["video"] = self.asset(wish["video"]["key"], kind="video", field="video")
        return wish, beside

    def part(self, rows: Any, slug: str | None, *, field: str) -> Any:
        if slug is None:
            return None
        found = rows.filter(slug=slug).first()
        if found is None:
            raise ValidationError({field: [_("The event has none of this address.")]})
        return found

    def speakers(self, slugs: list[str]) -> list[Speaker]:
        found = {speaker.slug: speaker for speaker in self.event.speakers.filter(slug__in=slugs)}
        if unknown := [slug for slug in slugs if slug not in found]:
            words = _("There is no speaker %(slug)s in this event.")
            raise ValidationError({"speakers": [words % {"slug": unknown[0]}]})
        return [found[slug] for slug in dict.fromkeys(slugs)]

    def told(self, row: Session, *, status: int = 200) -> Response:
        """With what clashes on its day."""
        fresh = self.rows().get(pk=row.pk)
        day = selectors.programme_day(fresh.starts_at, ZoneInfo(self.event.time_zone))
        clashes = selectors.clashes_of(selectors.arrangement(self.event, day), fresh.pk)
        context = {"event": self.event, "clashes": clashes}
        return Response(WrittenSessionSerializer(fresh, context=context).data, status=status)


class DeskSessionsView(SessionCall, Sparse, ListAPIView[Session]):
    serializer_class = DeskSessionSerializer
    ordering = ("starts_at", "room__position", "pk")

    def get_queryset(self) -> QuerySet[Session]:
        if getattr(self, "swagger_fake_view", False):
            return Session.objects.none()
        asked = self.asked(DeskSessionQuery)
        lookups = {"state": "state", "room": "room__slug", "track": "track__slug"}
        times = {"starts_after": "starts_at__gte", "starts_before": "starts_at__lt"}
        return self.rows().filter(**{(lookups | times)[name]: value for name, value in asked.items()})

    @extend_schema(operation_id="desk_sessions", parameters=[DeskSessionQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All sessions, also those that wait for a place or are out of the schedule, in the order of time."""
        return self.list(request, *args, **kwargs)

    @documented(
        "session_make",
        takes=DeskSessionSerializer,
        gives=WrittenSessionSerializer,
        status=201,
        example=SESSION,
        refuses={400: ["session.far"], 409: ["agenda.address_taken", "agenda.part_gone", FULL]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a session. What it clashes with is told, and allowed."""
        wish, beside = self.wish()
        beside.pop("seen", None)
        session = Session(event=self.event, **wish)
        check(session, but=() if session.slug else ("slug",))
        services.save_session(session, **beside)
        return self.told(session, status=201)


class DeskSessionView(SessionCall):
    @documented("desk_session", gives=WrittenSessionSerializer, example=SESSION)
    def get(self, request: Request, event: str, session: str) -> Response:
        """One of them, with what clashes on its day."""
        return self.told(self.found())

    @documented(
        "session_change",
        takes=DeskSessionSerializer,
        gives=WrittenSessionSerializer,
        example=SESSION,
        refuses={400: ["session.far"], 409: CHANGED},
    )
    def patch(self, request: Request, event: str, session: str) -> Response:
        """Changes what is said, its place and state too. With `seen` it is moved only while it stands there."""
        found = self.found()
        wish, beside = self.wish(found)
        new = changed(found, wish)
        check(found)
        services.save_session(found, changed=new, **beside)
        return self.told(found)

    @documented("session_delete", refuses={409: ["session.played"]})
    def delete(self, request: Request, event: str, session: str) -> Response:
        """Deletes it for good, with its stars. One that people look for is better cancelled."""
        services.remove_part(self.found())
        return Response(status=204)
