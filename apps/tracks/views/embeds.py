"""The agenda in a frame of another website."""

import hashlib
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from apps.core import clock, conditional
from apps.events.doors.embedded import EmbeddedView
from apps.events.selectors import embeds
from apps.tracks import selectors
from apps.tracks.models import Session

MOST_SESSIONS = 500
"""Of a day."""
WHOLE = 60
"""So many sessions are shown at once; of more, a day at a time."""
AROUND = timedelta(days=31)
"""Other days than those of the event and around it are not looked for."""
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
        facts = (event.pk, event.slug, event.name, event.agenda_version, event.brand_css_url, self._day())
        text = "\x1f".join(map(str, (conditional.release(), *looks, *facts)))
        return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'

    def _day(self) -> date:
        """The one that is asked for, else today."""
        zone = ZoneInfo(self.event.time_zone)
        try:
            asked = date.fromisoformat(self.request.GET.get("day", ""))
        except ValueError:
            asked = date.min
        first, last = (selectors.programme_day(at, zone) for at in (self.event.starts_at, self.event.ends_at))
        return asked if first - AROUND <= asked <= last + AROUND else selectors.programme_day(clock.now(), zone)

    def _draw(self) -> HttpResponse:
        zone = ZoneInfo(self.event.time_zone)
        rows = self.event.sessions.on_agenda()
        starts = [selectors.programme_day(at, zone) for at in rows.values_list("starts_at", flat=True)]
        days = sorted({*starts})
        shown, asked = days, self._day()
        if len(starts) > WHOLE and len(days) > 1:
            shown = [asked if asked in days else days[0]]
            begins, ends = selectors.day_bounds(shown[0], zone)
            rows = rows.filter(starts_at__gte=begins, starts_at__lt=ends)
        found = list(rows.light().prefetch_related("session_speakers__speaker")[: MOST_SESSIONS + 1])
        by_day: dict[date, list[Session]] = {day: [] for day in shown}
        for session in found[:MOST_SESSIONS]:
            by_day[selectors.programme_day(session.starts_at, zone)].append(session)
        return self.render(
            "tracks/embed_agenda.html",
            days=list(by_day.items()),
            others=days if shown != days else [],
            is_cut=len(found) > MOST_SESSIONS,
            theme=cast(Any, self.request).theme,
        )
