"""Pages that other websites show in a frame.

A frame is a page that its reader does not see the address of, and what stands above it may be drawn by somebody else.
So these know nobody: whoever is signed in is a stranger here, no cookie is read or set, and nothing is done in
anybody's name. Everything else of the platform stays out of frames (`frame-ancestors 'none'`).
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from apps.core import zones
from apps.core.access import Access
from apps.core.middleware import THEMES
from apps.events.doors.pages import EventView


@method_decorator(csrf_exempt, name="dispatch")
class EmbeddedView(EventView, ABC):
    """A subclass says `origins`. `?theme=` and `?lang=` say how it looks; times are the event's."""

    access: ClassVar[Access] = Access.PUBLIC
    live: ClassVar[bool] = False

    @abstractmethod
    def origins(self) -> list[str]:
        """The websites whose pages may show this one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reader: Any = request
        reader.user = AnonymousUser()
        request.COOKIES = {}
        if not getattr(request, "asked_language", ""):
            # Neither a cookie nor a profile has a say: what is drawn here is drawn for everybody.
            translation.activate(translation.get_language_from_request(request))
            reader.LANGUAGE_CODE = translation.get_language()
        theme = request.GET.get("theme", "")
        reader.theme = theme if theme in THEMES else ""
        reader.zones = zones.Zones(own=None, wants_event=True)
        return super().dispatch(request, *args, **kwargs)

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        origins = self.origins()
        if not origins:
            raise Http404
        zone = self.request.zones.shown  # type: ignore[attr-defined]
        with timezone.override(zone):
            response = super().render(template, status=status, parents=" ".join(origins), messages=(), **context)
        return self.in_a_frame(response, origins)

    def in_a_frame(self, response: HttpResponse, origins: list[str]) -> HttpResponse:
        """The answer as these websites may show it."""
        framed: Any = response
        framed._csp_replace = {"frame-ancestors": origins}
        framed.xframe_options_exempt = True
        response.headers["X-Robots-Tag"] = "noindex"
        return response
