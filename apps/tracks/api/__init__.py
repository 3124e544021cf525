"""The agenda over HTTP: sessions, speakers, tracks, rooms, and one's own stars."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.doors import answer
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, EventViewSet
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.tracks import selectors, services
from apps.tracks.models import Room, Session, Speaker, Track
from apps.tracks.serializers import (
    SEAT,
    RoomSerializer,
    SeatAnswer,
    SessionDetailSerializer,
    SessionQuery,
    SessionSerializer,
    SpeakerDetailSerializer,
    SpeakerQuery,
    SpeakerSerializer,
    StarAnswer,
    TrackSerializer,
    seat_answer,
)

SEAT_RATE = Rate(per_second=0.5, burst=8)
SEAT_REFUSED = ["seat.cancelled", "seat.closed", "seat.early", "seat.not_needed", "seat.over"]


class _Listed(EventViewSet):
    area = Area.AGENDA

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Sessions(_Listed):
    """Sessions in the order of time; cancelled ones say so in `state`."""

    access: ClassVar[Access] = Access.PUBLIC
    serializer_class = SessionSerializer
    lookup_field = "slug"
    ordering = ("starts_at", "room__position", "pk")

    def get_serializer_class(self) -> type[SessionSerializer]:
        return SessionDetailSerializer if self.action == "retrieve" else SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        if getattr(self, "swagger_fake_view", False):
            return Session.objects.none()
        query = SessionQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.sessions_where(self.event, user=self.person, **query.validated_data)

    @extend_schema(parameters=[SessionQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, event: str, slug: str) -> Response:
        session = selectors.session_by_slug(self.event, slug)
        if session is None:
            raise Http404
        return Response(self.get_serializer(session).data)


class Stars(EventAPIView):
    """Puts a session on the caller's own agenda, or takes it off."""

    access = Access.ATTENDEE
    area = Area.AGENDA

    def check_repeated(self) -> None:
        self._session(self.kwargs["slug"])

    @extend_schema(request=None, responses=StarAnswer)
    def put(self, request: Request, event: str, slug: str) -> Response:
        session, person = self._session(slug), self.person
        if person is None:
            raise Http404
        clashes = services.star_session(session=session, user=person)
        return Response(StarAnswer({"starred": True, "clashes": clashes}).data)

    @extend_schema(request=None, responses={200: StarAnswer})
    def delete(self, request: Request, event: str, slug: str) -> Response:
        session, person = self._session(slug), self.person
        if person is None:
            raise Http404
        services.unstar_session(session=session, user=person)
        return Response(StarAnswer({"starred": False, "clashes": []}).data)

    def _session(self, slug: str) -> Session:
        session = selectors.session_by_slug(self.event, slug)
        if session is None:
            raise Http404
        return session


class Seats(Paced, EventAPIView):
    """The caller's seat in a session that people sign up for."""

    access = Access.ATTENDEE
    area = Area.AGENDA
    reads_primary: ClassVar[bool] = True

    @documented("seat", gives=SeatAnswer, example=SEAT, refuses={404: ["not_found"]})
    def get(self, request: Request, event: str, slug: str) -> Response:
        """How sign-up stands, and whether you have a seat or wait for one."""
        return self._told(self._session())

    @documented(
        "seat_take",
        takes=None,
        gives=SeatAnswer,
        example=SEAT,
        refuses={
            403: ["session.ticket"],
            404: ["not_found", "session.withdrawn"],
            409: SEAT_REFUSED,
            429: ["rate.limited"],
        },
    )
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Takes a seat, or a number in the row where none is free. Twice changes nothing."""
        session, person = self._session(), self._person()
        self.spend_at(SEAT_RATE, "seat")
        services.take_seat(session, user=person, roles=self.roles)
        return self._told(session)

    @documented("seat_give", gives=SeatAnswer, example=SEAT, refuses={404: ["not_found"], 429: ["rate.limited"]})
    def delete(self, request: Request, event: str, slug: str) -> Response:
        """Gives the seat, or the number in the row, back. Twice changes nothing."""
        session, person = self._session(), self._person()
        self.spend_at(SEAT_RATE, "seat")
        services.give_seat_back(session, user=person)
        return self._told(session)

    def check_repeated(self) -> None:
        self._session()

    def _told(self, session: Session) -> Response:
        found = selectors.sign_up(session, self.person)
        clashes = selectors.overlapping_seats(session, self._person()) if found and found.mine else []
        return answer(seat_answer(found, clashes))

    def _person(self) -> User:
        if self.person is None:
            raise Http404
        return self.person

    def _session(self) -> Session:
        session = selectors.session_by_slug(self.event, self.kwargs["slug"])
        if session is None:
            raise Http404
        return session


class Speakers(_Listed):
    access: ClassVar[Access] = Access.PUBLIC
    serializer_class = SpeakerSerializer
    lookup_field = "slug"
    ordering = ("name", "pk")

    def get_serializer_class(self) -> type[SpeakerSerializer]:
        return SpeakerDetailSerializer if self.action == "retrieve" else SpeakerSerializer

    def get_queryset(self) -> QuerySet[Speaker]:
        if getattr(self, "swagger_fake_view", False):
            return Speaker.objects.none()
        query = SpeakerQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.speakers_where(self.event, **query.validated_data)

    @extend_schema(parameters=[SpeakerQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, event: str, slug: str) -> Response:
        speaker = selectors.speaker_by_slug(self.event, slug)
        if speaker is None:
            raise Http404
        return Response(self.get_serializer(speaker).data)


class Tracks(_Listed):
    access: ClassVar[Access] = Access.PUBLIC
    serializer_class = TrackSerializer
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[Track]:
        if getattr(self, "swagger_fake_view", False):
            return Track.objects.none()
        return self.event.tracks.defer("imported")


class Rooms(_Listed):
    access: ClassVar[Access] = Access.PUBLIC
    serializer_class = RoomSerializer
    ordering = ("position", "pk")

    def get_queryset(self) -> QuerySet[Room]:
        if getattr(self, "swagger_fake_view", False):
            return Room.objects.none()
        return self.event.rooms.defer("imported")
