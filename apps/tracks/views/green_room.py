"""The green room of a session: where a speaker tries camera and microphone and waits to be put on stage, the ticket of
its media socket, and the producer's choice of who is on stage."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.live import versions
from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media import services as media_services
from apps.media.broadcasts import green_room_topic
from apps.media.models import Stream
from apps.tracks import forms, selectors
from apps.tracks.views.stage import RATE, StageView

TICKETS = Rate(per_second=1, burst=30)
"""Whose line breaks again and again comes back each time."""


class GreenRoomView(StageView):
    """For the session's speakers, and those who run the event."""

    http_method_names = ["get", "head", "options"]
    place = "agenda"

    def get(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        stream = selectors.green_room_of(session)
        version = versions.read()
        return self.render(
            "tracks/green_room.html",
            session=session,
            stream=stream,
            runs=selectors.can_run_stage(self.roles),
            room=media.green_room(self.event.pk, stream.pk) if stream else None,
            is_over=stream is not None and stream.state == Stream.State.ENDED,
            topic=green_room_topic(stream.pk) if stream else "",
            version=version,
            socket_path=settings.INGEST.socket_path,
            ticket_url=reverse("tracks:green_room_ticket", args=[self.event.slug, session.slug]),
        )


class TicketView(StageView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        stream = selectors.green_room_of(self.session())
        if stream is None or self.person is None:
            raise no_green_room()
        self.spend_at(TICKETS, "green-room")
        return JsonResponse({"ticket": media.contribution_ticket(stream, self.person)})


class OnStageView(StageView):
    """Of those who run the event: `on` puts somebody of the green room on stage, `off` takes them off."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session_run()
        self.spend_at(RATE, "stage")
        stream = selectors.green_room_of(session)
        form = forms.OnStage(request.POST)
        if stream is None or not form.is_valid():
            raise no_green_room()
        if on := form.cleaned_data["on"]:
            media_services.put_on_stage(stream, on)
            return self.done(_("They are on stage."), session)
        media_services.take_off_stage(stream, form.cleaned_data["off"])
        return self.done(_("They are in the green room again."), session)


def no_green_room() -> Refused:
    return Refused("stage.no_green_room", _("This stage shows no live stream, so it has no green room."), status=404)
