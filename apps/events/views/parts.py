"""What the pages of an event fetch beside themselves: the brand's stylesheet, and a ticket for the socket."""

from typing import ClassVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from apps.core import colour
from apps.core.access import Access
from apps.events import selectors, states
from apps.events.doors import EventView
from apps.events.doors.pages import live_meta

IMMUTABLE = "max-age=31536000, immutable"


class _Look(EventView):
    """Its address names its content, so it is kept for ever. Of a private event it opens to its people, and by the key
    that stands in a page which opened to somebody else."""

    access = Access.PUBLIC
    live: ClassVar[bool] = False

    def opens_by_address(self) -> bool:
        return selectors.opens_look(self.event, self.request.GET.get("by", ""))

    @property
    def kept(self) -> dict[str, str]:
        return {"Cache-Control": f"{'public' if self.is_shared else 'private'}, {IMMUTABLE}"}


class Brand(_Look):
    """The event's colours as a stylesheet."""

    def get(self, request: HttpRequest, event: str, digest: str) -> HttpResponse:
        if digest != colour.digest(self.event.brand, self.event.accent):
            raise Http404
        sheet = colour.stylesheet(self.event.brand, self.event.accent)
        return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers=self.kept)


class Logo(_Look):
    def get(self, request: HttpRequest, event: str, name: str) -> HttpResponseBase:
        if not self.event.logo or str(self.event.logo.name).rpartition("/")[2] != name:
            raise Http404
        file = self.event.logo.open()
        return FileResponse(file, content_type="image/webp", headers=self.kept)


class Ticket(EventView):
    """A fresh ticket for pages that carry none, or whose ticket has run out."""

    access = Access.PUBLIC
    reads_primary: ClassVar[bool] = True

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        states.check_writable(self.event.state)  # a socket takes what people say
        meta = live_meta(self.event, self.person, self.roles)
        body = {"ticket": meta.ticket, "feed": meta.feed, "socket": meta.socket}
        return JsonResponse(body, headers={"Cache-Control": "no-store"})
