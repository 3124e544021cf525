"""The agenda in a frame of another website."""

import hashlib
from datetime import date
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from apps.core import conditional
from apps.events.doors.embedded import EmbeddedView
from apps.events.selectors import embeds
from apps.tracks import selectors
from apps.tracks.models import Session

MOST_SESSIONS = 500
KEPT = 600
"""Seconds that a drawn page is kept for the next visitor of the website around it."""


class EmbeddedAgenda(EmbeddedView):
    """What anybody may read, by day; its links open the event's own pages."""

    def origins(self) -> list[str]:
        return embeds.agenda_origins(self.event)

    def get(self, request: HttpRequest, event: str) -> HttpResponseBase:
        origins = self.origins()
        if not origins:
            raise Http404
        tag = self._tag(origins)
        answer = conditional.not_modified(request, tag)
        if answer is None:
            key = f"tracks.embed.{tag[3:-1]}"
            body = cache.get(key)
            if body is None:
                drawn = self._draw()
                cache.set(key, drawn.content, KEPT)
                answer = drawn
            else:
                answer = self.in_a_frame(HttpResponse(body), origins)
        answer.headers["ETag"] = tag
        answer.headers["Cache-Control"] = "public, max-age=60"
        patch_vary_headers(answer, ["Accept-Language"])
        return answer

    def _tag(self, origins: list[str]) -> str:
        """What the page is made of; it is the same for whoever sees it in this language and look."""
        event, reader = self.event, cast(Any, self.request)
        looks = (translation.get_language(), reader.theme, event.time_zone, *origins)
        facts = (event.pk, event.slug, event.name, event.agenda_version, event.brand_css_url)
        text = "\x1f".join(map(str, (conditional.release(), *looks, *facts)))
        return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'

    def _draw(self) -> HttpResponse:
        zone = ZoneInfo(self.event.time_zone)
        days: dict[date, list[Session]] = {}
        rows = self.event.sessions.on_agenda().light().prefetch_related("session_speakers__speaker")
        found = list(rows[: MOST_SESSIONS + 1])
        for session in found[:MOST_SESSIONS]:
            days.setdefault(selectors.programme_day(session.starts_at, zone), []).append(session)
        return self.render("tracks/embed_agenda.html", days=list(days.items()), is_cut=len(found) > MOST_SESSIONS)
