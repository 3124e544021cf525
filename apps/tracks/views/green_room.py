"""The green room of a session: where a speaker tries camera and microphone and waits to be put on stage, the ticket of
its media socket, the producer's choice of who is on stage and small pictures of who waits, and what both say."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import Refused
from apps.live import versions
from apps.live.registry import Rate
from apps.media import selectors as media
from apps.media import services as media_services
from apps.media.broadcasts import green_room_topic
from apps.media.models import Stream
from apps.tracks import broadcasts, forms, selectors
from apps.tracks.models import Session, Stage
from apps.tracks.views.backstage import SAYS, backstage
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
            **(self.seen(session) | backstage(self.event.pk, stream) if stream else {}),
        )

    def seen(self, session: Session) -> dict[str, Any]:
        """What the audience sees at this moment."""
        stage, now = Stage.of(session), clock.now()
        state = stage.state_at(now)
        address = selectors.live_address(session) if state == Stage.State.LIVE else ""
        key, title = f"stage-{session.pk}", str(session.title)
        return {
            "state": state,
            "player": media.stream_player(key=key, title=title, url=address) if address else None,
            "stage_topic": broadcasts.stage_topic(session.pk),
            "stage_picture": broadcasts.picture(stage, now),
        }


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


class GlimpseView(StageView):
    """A small picture of somebody in the green room, of the last seconds, for those who run the event."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, event: str, slug: str, contributor: int = 0) -> HttpResponse:
        stream = selectors.green_room_of(self.session_run())
        picture = media.glimpse(stream, contributor) if stream else None
        if picture is None:
            raise Http404
        return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


class BackstageView(StageView):
    """A line from those who run the event to the green room, or back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, event: str, slug: str) -> HttpResponse:
        session = self.session()
        self.spend_at(SAYS, "backstage")
        stream = selectors.green_room_of(session)
        form = forms.Backstage(request.POST)
        if stream is None or self.person is None:
            raise no_green_room()
        if not form.is_valid():
            raise Refused("backstage.text", _("Write a line, of 200 characters at most."), status=400)
        runs = selectors.can_run_stage(self.roles)
        said, to = form.cleaned_data["text"], form.cleaned_data["to"]
        media_services.say_backstage(stream, said, by=self.person, is_from_desk=runs, to=to)
        return self.done(_("They read it now."), session)

    def address(self, session: Session) -> str:
        page = "tracks:stage" if selectors.can_run_stage(self.roles) else "tracks:green_room"
        return reverse(page, args=[self.event.slug, session.slug])


def no_green_room() -> Refused:
    return Refused("stage.no_green_room", _("This stage shows no live stream, so it has no green room."), status=404)
