"""Pictures beside links, which every room's pages may have."""

from typing import ClassVar

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse

from apps.core import cards
from apps.core.access import Access
from apps.events import permissions
from apps.events.doors.pages import EventView
from apps.events.selectors import pictures

IMMUTABLE = "public, max-age=31536000, immutable"
KEPT_SECONDS = 60 * 60 * 24


class CardView(EventView):
    """A picture beside links, drawn once: its address names its content, so it is kept for ever."""

    access = Access.PUBLIC
    live: ClassVar[bool] = False

    def card(self) -> cards.Card:
        return pictures.event_card(self.event)

    def get(self, request: HttpRequest, digest: str, **kwargs: str) -> HttpResponse:
        found = self.card()
        if digest != found.digest:
            raise Http404
        key = f"card:{digest}"
        content = cache.get(key)
        if content is None:
            content = pictures.drawn(self.event, found)
            cache.set(key, content, KEPT_SECONDS)
        headers = {"Cache-Control": IMMUTABLE if permissions.can_see(self.event, permissions.NOBODY) else "no-store"}
        return HttpResponse(bytes(content), content_type="image/png", headers=headers)
