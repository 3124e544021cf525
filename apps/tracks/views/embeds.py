"""The agenda in a frame of another website."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from apps.events.doors.embedded import EmbeddedView
from apps.events.selectors import embeds
from apps.tracks import selectors
from apps.tracks.models import Session

MOST_SESSIONS = 500


class EmbeddedAgenda(EmbeddedView):
    """What anybody may read, by day; its links open the event's own pages."""

    def origins(self) -> list[str]:
        return embeds.agenda_origins(self.event)

    def get(self, request: HttpRequest, event: str) -> HttpResponse:
        zone = ZoneInfo(self.event.time_zone)
        days: dict[date, list[Session]] = {}
        rows = self.event.sessions.on_agenda().light().prefetch_related("session_speakers__speaker")
        found = list(rows[: MOST_SESSIONS + 1])
        for session in found[:MOST_SESSIONS]:
            days.setdefault(selectors.programme_day(session.starts_at, zone), []).append(session)
        return self.render("tracks/embed_agenda.html", days=list(days.items()), is_cut=len(found) > MOST_SESSIONS)
