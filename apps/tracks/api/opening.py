"""Which of the programme a ticket opens, over REST: told to anybody, and set by those who run the event."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import TicketKind
from apps.tracks import selectors, services
from apps.tracks.serializers.opening import OPENS, OpensIn, OpensSerializer


def _told(ticket: TicketKind, *, unlisted: bool = False) -> Response:
    return Response(OpensSerializer(selectors.opened_by(ticket, unlisted=unlisted)).data)


class OpensView(EventAPIView):
    access = Access.PUBLIC
    area = Area.EVENTS

    @documented("ticket_opens", gives=OpensSerializer, example=OPENS)
    def get(self, request: Request, event: str, ticket: int) -> Response:
        """What a ticket opens that is on offer: every session, or those of some tracks and some by themselves."""
        return _told(get_object_or_404(self.event.tickets.offered(clock.now()), pk=ticket))


class DeskOpensView(DeskCall):
    area = Area.REGISTRATIONS

    @documented("desk_ticket_opens", gives=OpensSerializer, example=OPENS)
    def get(self, request: Request, event: str, ticket: int) -> Response:
        """The same of any ticket of the event."""
        return _told(self.ticket(), unlisted=True)

    @documented(
        "ticket_opens_set",
        takes=OpensIn,
        gives=OpensSerializer,
        example=OPENS,
        refuses={404: ["ticket.gone"], 409: ["agenda.part_gone"]},
    )
    def put(self, request: Request, event: str, ticket: int) -> Response:
        """Says what it opens where it does not open every session; in place of what it opened before."""
        found, wish = self.ticket(), self.given(OpensIn)
        tracks = self.named(self.event.tracks, wish["tracks"], field="tracks")
        sessions = self.named(self.event.sessions, wish["sessions"], field="sessions")
        services.set_openings(found, tracks=tracks, sessions=sessions)
        return _told(found, unlisted=True)

    def ticket(self) -> TicketKind:
        found: TicketKind = get_object_or_404(self.event.tickets, pk=self.kwargs["ticket"])
        return found

    def named(self, rows: Any, slugs: list[str], *, field: str) -> list[Any]:
        found = list(rows.filter(slug__in=slugs))
        if len(found) < len({*slugs}):
            raise ValidationError({field: [_("The event has none of this address.")]})
        return found
