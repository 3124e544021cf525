"""People invited by file over REST: sent, read, and then invited; each line's fate is told."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import selectors, services
from apps.events.adapters.guests_csv import MOST_BYTES
from apps.events.doors.desk_calls import DeskCall
from apps.events.models import GuestList
from apps.events.serializers.guests import (
    GUEST_LINES,
    GUESTS,
    GuestFileIn,
    GuestLinesQuery,
    GuestLinesSerializer,
    GuestListDetailSerializer,
    GuestListSerializer,
)


class GuestsCall(DeskCall):
    area = Area.REGISTRATIONS

    def rows(self) -> QuerySet[GuestList]:
        return selectors.guest_lists(self.event)

    def found(self) -> GuestList:
        row: GuestList = get_object_or_404(self.rows(), pk=self.kwargs["guests"])
        return row

    def told(self, pk: int, *, status: int = 200) -> Response:
        return Response(GuestListDetailSerializer(self.rows().get(pk=pk)).data, status=status)


class GuestListsView(GuestsCall, Sparse, ListAPIView[GuestList]):
    serializer_class = GuestListSerializer
    ordering = ("-created_at", "-pk")
    parser_classes = (MultiPartParser,)

    def get_queryset(self) -> QuerySet[GuestList]:
        if getattr(self, "swagger_fake_view", False):
            return GuestList.objects.none()
        return self.rows()

    @extend_schema(operation_id="guest_lists")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Files that were sent, the latest first, and how far each is."""
        return self.list(request, *args, **kwargs)

    @documented(
        "guests_read",
        takes=GuestFileIn,
        gives=GuestListDetailSerializer,
        status=201,
        example=GUESTS,
        refuses={409: ["guests.too_large", "guests.too_many", "guests.unreadable"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Reads a file and says what is wrong with it. Nobody is invited by that."""
        file = self.given(GuestFileIn)["file"]
        made = services.read_guests(self.event, data=file.read(MOST_BYTES + 1), name=file.name, by=self.by)
        return self.told(made.pk, status=201)


class GuestListView(GuestsCall):
    @documented("guest_list", gives=GuestListDetailSerializer, example=GUESTS)
    def get(self, request: Request, event: str, guests: int) -> Response:
        """One of them: what it reads like; once its people are being invited, what became of each."""
        return self.told(self.found().pk)

    @documented("guest_list_delete")
    def delete(self, request: Request, event: str, guests: int) -> Response:
        """Deletes the file as it was read. Whoever was invited by it stays; nobody further is."""
        self.found().delete()
        return Response(status=204)


class GuestLinesView(GuestsCall):
    @documented("guest_lines", gives=GuestLinesSerializer, example=GUEST_LINES, asks=[GuestLinesQuery])
    def get(self, request: Request, event: str, guests: int) -> Response:
        """What became of each line of the file, in their order."""
        found, asked = self.found(), self.asked(GuestLinesQuery)
        limit = asked["limit"]
        # One more than is shown: whether more are behind them.
        shown = selectors.guest_lines(found, after=asked["after"], result=asked.get("result"), limit=limit + 1)
        after = shown[limit - 1].line if len(shown) > limit else None
        return Response(GuestLinesSerializer({"lines": shown[:limit], "next_after": after}).data)


class InviteGuestsView(GuestsCall):
    @documented("guests_invite", takes=None, gives=GuestListDetailSerializer, status=202, example=GUESTS)
    def post(self, request: Request, event: str, guests: int) -> Response:
        """Begins to invite its people, each as by hand. Ask for the list to see how far it is; twice changes
        nothing."""
        found = self.found()
        services.invite_guests(found, by=self.by)
        return self.told(found.pk, status=202)
