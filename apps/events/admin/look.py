"""The look of an event while it is being chosen: its pages in small, in both schemes, with the colours corrected."""

from typing import Any, ClassVar

from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from apps.core import clock, colour, samples
from apps.events import permissions, selectors
from apps.events.models import Event

SCHEMES = ("light", "dark")
MOST_NAME, MOST_TAGLINE = 200, 300
KEEP = {"Cache-Control": "private, no-store"}


class LookViews:
    """Beside `EventAdmin`. Nothing here is stored, or shows more than what was sent and the reader's own samples."""

    admin_site: Any
    template: ClassVar[str] = "events/look.html"

    def look_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("look/", view(self.look_view), name="events_event_look"),
            path("look/colours/", view(self.colours_view), name="events_event_colours"),
            path("look/sheet/", view(self.sheet_view), name="events_event_look_sheet"),
        ]

    @staticmethod
    def _chosen(request: HttpRequest) -> tuple[str, str]:
        if not permissions.can_use_desk(request.user):
            raise PermissionDenied
        said = request.POST if request.method == "POST" else request.GET
        usual = Event()
        return (
            selectors.read_colour(said.get("brand", ""), usual.brand),
            selectors.read_colour(said.get("accent", ""), usual.accent),
        )

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": ["'self'"]}))
    def look_view(self, request: HttpRequest) -> HttpResponse:
        """The page in the frame. Without a script it is opened by the form's button, with what was typed there."""
        brand, accent = self._chosen(request)
        said = request.POST if request.method == "POST" else request.GET
        scheme = said.get("scheme", "")
        reader: Any = request
        reader.theme = scheme if scheme in SCHEMES else getattr(request, "theme", "")
        context = {
            "name": _first(said, "name")[:MOST_NAME],
            "tagline": _first(said, "tagline")[:MOST_TAGLINE],
            "brand": brand,
            "accent": accent,
            "look": selectors.look_of(brand, accent),
            "people": samples.context()["people"],
            "now": clock.now(),
        }
        response = render(request, self.template, context)
        response.headers["Cache-Control"] = KEEP["Cache-Control"]
        return response

    def colours_view(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(selectors.look_of(*self._chosen(request)), headers=KEEP)

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        sheet = colour.stylesheet(*self._chosen(request))
        return HttpResponse(sheet, content_type="text/css; charset=utf-8", headers=KEEP)


def _first(said: Any, field: str) -> str:
    """Of a text in several languages the first that is there."""
    named = (str(value) for key, value in said.items() if key == field or key.startswith(f"{field}_"))
    return next((text for text in named if text.strip()), "")
