"""The green room of a session over REST: who is in it and on stage, for those who run it; a ticket for speakers; and
what is said there."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import User
from apps.core.access import Access
from apps.core.errors import Refused
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.events.doors.paced import Paced
from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media import services as media_services
from apps.media.models import Stream
from apps.tracks import selectors
from apps.tracks.api.stages import StageCall
from apps.tracks.serializers.green_rooms import (
    BACKSTAGE,
    GREEN_ROOM,
    LINE,
    TICKET,
    BackstageLineIn,
    BackstageLineSerializer,
    BackstageSerializer,
    GreenRoomSerializer,
    GreenRoomTicketSerializer,
    OnStageIn,
)

TICKETS = Rate(per_second=1, burst=30)
SAYS = Rate(per_second=0.5, burst=10)


class GreenRoomView(StageCall):
    def stream(self) -> Stream:
        found = selectors.green_room_of(self.session())
        if found is None:
            raise Http404
        return found

    def told(self) -> Response:
        return Response(GreenRoomSerializer(media.green_room(self.event.pk, self.stream().pk)).data)

    @documented("green_room", gives=GreenRoomSerializer, example=GREEN_ROOM)
    def get(self, request: Request, event: str, session: str) -> Response:
        """Who is in the green room of a session whose stage shows a live stream, and who of them is on stage."""
        return self.told()

    @documented(
        "green_room_on_stage",
        takes=OnStageIn,
        gives=GreenRoomSerializer,
        example=GREEN_ROOM,
        refuses={409: ["contribution.away"]},
    )
    def patch(self, request: Request, event: str, session: str) -> Response:
        """Puts somebody on stage in the place of whoever was, or takes them off."""
        stream = self.stream()
        wish = self.given(OnStageIn)["on_stage"]
        if wish is not None:
            media_services.put_on_stage(stream, wish)
        elif stream.on_stage_id is not None:
            media_services.take_off_stage(stream, stream.on_stage_id)
        return self.told()


class GreenRoomTicketView(Paced, EventAPIView):
    """For the session's speakers, and those who run the event."""

    access = Access.SPEAKER
    area = Area.AGENDA

    @documented(
        "green_room_ticket",
        takes=None,
        gives=GreenRoomTicketSerializer,
        example=TICKET,
        refuses={403: ["contribution.denied", "stream.ended"], 429: ["rate.limited"]},
    )
    def post(self, request: Request, event: str, slug: str) -> Response:
        """A ticket with which a program opens the media socket and sends a picture from the green room."""
        session = selectors.with_stage(self.event, slug)
        if session is None or self.person is None:
            raise Http404
        session.event = self.event
        stream = selectors.green_room_of(session)
        if stream is None:
            raise Http404
        self.spend_at(TICKETS, "green-room")
        ticket = media.contribution_ticket(stream, self.person)
        return Response({"ticket": ticket, "path": settings.INGEST.socket_path})


class BackstageView(Paced, EventAPIView):
    """For the session's speakers, and those who run the event."""

    access = Access.SPEAKER
    area = Area.AGENDA

    def stream(self, slug: str) -> tuple[Stream, User]:
        """Of the session, and who asks."""
        session = selectors.with_stage(self.event, slug)
        if session is None or self.person is None:
            raise Http404
        session.event = self.event
        if not selectors.can_watch_stage(session, self.person.pk, self.roles):
            raise Refused("contribution.denied", _("The green room is for the session’s speakers."), status=403)
        stream = selectors.green_room_of(session)
        if stream is None:
            raise Http404
        return stream, self.person

    @documented("green_room_said", gives=BackstageSerializer, example=BACKSTAGE, refuses={403: ["contribution.denied"]})
    def get(self, request: Request, event: str, slug: str) -> Response:
        """The last lines that were said in the green room of a session, the newest last."""
        stream, _person = self.stream(slug)
        return Response(BackstageSerializer(media.backstage(self.event.pk, stream.pk)).data)

    @documented(
        "green_room_say",
        takes=BackstageLineIn,
        gives=BackstageLineSerializer,
        example=LINE,
        status=201,
        refuses={403: ["contribution.denied"], 409: ["contribution.away", "stream.ended"], 429: ["rate.limited"]},
    )
    def post(self, request: Request, event: str, slug: str) -> Response:
        """Says a line to those in the green room, or to one of them; all of them read it."""
        stream, person = self.stream(slug)
        self.spend_at(SAYS, "backstage")
        body = BackstageLineIn(data=request.data)
        body.is_valid(raise_exception=True)
        wish: dict[str, Any] = body.validated_data
        runs = selectors.can_run_stage(self.roles)
        line = media_services.say_backstage(stream, wish["text"], by=person, is_from_desk=runs, to=wish.get("to"))
        return Response(BackstageLineSerializer(line).data, status=201)
