"""What the pages of an event fetch beside themselves: the brand's stylesheet, and a ticket for the socket."""

from typing import ClassVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from apps.core import colour
from apps.core.access import Access
from apps.events import states
from apps.events.doors import EventView
from apps.events.doors.pages import live_meta

IMMUTABLE = "public, max-age=31536000, immutable"


class Brand(EventView):
    """The event's colours as a stylesheet; its address names its content, so it is kept for ever."""

    access = Access.PUBLIC
    live: ClassVar[bool] = False

    def get(self, request: HttpRequest, event: str, digest: str) -> HttpResponse:
        if digest != colour.digest(self.event.brand, self.event.accent):
            raise Http404
        sheet = colour.stylesheet(self.event.brand, self.event.accent)
        return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers={"Cache-Control": IMMUTABLE})


class Logo(EventView):
    access = Access.PUBLIC

    def get(self, request: HttpRequest, event: str, name: str) -> HttpResponseBase:
        if not self.event.logo or str(self.event.logo.name).rpartition("/")[2] != name:
            raise Http404
        file = self.event.logo.open()
        return FileResponse(file, content_type="image/webp", headers={"Cache-Control": IMMUTABLE})


class Ticket(EventView):
    """A fresh ticket for pages that carry none, or whose ticket has run out."""

    access = Access.PUBLIC
    reads_primary: ClassVar[bool] = True

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        states.check_writable(self.event.state)  # a socket takes what people say
        meta = live_meta(self.event, self.person, self.roles)
        body = {"ticket": meta.ticket, "feed": meta.feed, "socket": meta.socket}
        return JsonResponse(body, headers={"Cache-Control": "no-store"})
