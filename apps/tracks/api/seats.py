"""Seats over REST, for those who run the event: who has one or waits, given and taken by hand."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.calls import Sparse
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import permissions
from apps.events import selectors as events
from apps.events.doors.desk_calls import DeskCall
from apps.tracks import services
from apps.tracks.models import Seat, Session
from apps.tracks.serializers.seats import DESK_SEAT, GivenSeatIn, SeatQuery, SeatSerializer


class SeatCall(DeskCall):
    area = Area.PROGRAMME

    def session(self) -> Session:
        found: Session = get_object_or_404(self.event.sessions, slug=self.kwargs["session"])
        found.event = self.event
        return found

    def rows(self) -> QuerySet[Seat]:
        seats = Seat.objects.filter(session__event=self.event, session__slug=self.kwargs["session"])
        return events.as_known(seats.select_related("user", "by"), "session__event__organisation")

    def check_repeated(self) -> None:
        self.session()


class DeskSeatsView(SeatCall, Sparse, ListAPIView[Seat]):
    serializer_class = SeatSerializer
    ordering = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Seat]:
        if getattr(self, "swagger_fake_view", False):
            return Seat.objects.none()
        self.session()
        return self.rows().filter(**self.asked(SeatQuery))

    @extend_schema(operation_id="seats", parameters=[SeatQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who has a seat in a session, waits for one, or gave it back; the latest first."""
        return self.list(request, *args, **kwargs)

    @documented(
        "seat_grant",
        takes=GivenSeatIn,
        gives=SeatSerializer,
        status=201,
        example=DESK_SEAT,
        refuses={
            400: ["invalid", "seat.person_unknown"],
            403: ["session.ticket"],
            404: ["not_found", "session.withdrawn"],
            409: ["seat.cancelled", "seat.full", "seat.not_needed", "seat.over"],
        },
    )
    def post(self, request: Request, event: str, session: str) -> Response:
        """Gives somebody of the event a seat, past those who wait, also before sign-up opens. Twice changes nothing."""
        found = self.session()
        person = User.objects.filter(pk=self.given(GivenSeatIn)["person"], is_active=True).first()
        roles = permissions.granted_roles(person, self.event) if person else frozenset[str]()
        if person is None or not roles:
            words = _("There is nobody with this number in the event.")
            raise Refused("seat.person_unknown", words, field="person", status=400)
        seat = services.take_seat(found, user=person, roles=roles, by=self.by)
        return Response(SeatSerializer(self.rows().get(pk=seat.pk)).data, status=201)


class DeskSeatView(SeatCall):
    @documented("seat_withdraw")
    def delete(self, request: Request, event: str, session: str, person: int) -> Response:
        """Takes somebody's seat, or number in the row, back; who loses a seat is told. Twice changes nothing."""
        seat = get_object_or_404(Seat.objects.select_related("user"), session=self.session(), user=person)
        services.give_seat_back(self.session(), user=seat.user, is_taken=True)
        return Response(status=204)
