"""Sessions and speakers as a program asks for them: narrowed by what its address says."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.events.models import Event, TicketKind
from apps.tracks.models import Session, SessionQuerySet, Speaker
from apps.tracks.selectors.agenda import day_bounds, sessions_of
from apps.tracks.selectors.outline import found, outline
from apps.tracks.selectors.people import speakers
from apps.tracks.selectors.stars import chosen_by


def sessions_where(
    event: Event,
    *,
    user: User | None = None,
    track: str = "",
    room: str = "",
    speaker: str = "",
    kind: str = "",
    language: str = "",
    tag: str = "",
    state: str = "",
    q: str = "",
    day: date | None = None,
    starts_after: datetime | None = None,
    starts_before: datetime | None = None,
    starred: bool = False,
) -> SessionQuerySet:
    """What is asked for is what is given: empty values let everything through. Slugs are those of the event, a day is
    one of its programme, and `q` finds what the agenda's search finds."""
    wanted: dict[str, Any] = {
        "track__slug": track,
        "room__slug": room,
        "speakers__slug": speaker,
        "kind": kind,
        "language": language,
        "tags__name": tag,
        "state": state,
        "starts_at__gte": starts_after,
        "starts_at__lt": starts_before,
    }
    rows = sessions_of(event).filter(**{lookup: value for lookup, value in wanted.items() if value})
    if day:
        begin, end = day_bounds(day, ZoneInfo(event.time_zone))
        rows = rows.filter(starts_at__gte=begin, starts_at__lt=end)
    if q:
        whole = outline(event)
        rows = rows.filter(pk__in=[talk.row.pk for talk in found(event, whole, whole.rows, q)])
    if starred:
        rows = rows.filter(chosen_by(user)) if user else rows.none()
    return rows


def speakers_where(event: Event, *, q: str = "") -> QuerySet[Speaker]:
    """Those in whose name or title every word stands."""
    words = Q()
    for word in q.split():
        words &= Q(name__icontains=word) | Q(title__icontains=word)
    return speakers(event).filter(words)


def opened_by(ticket: TicketKind, *, unlisted: bool = False) -> dict[str, Any]:
    """Which of the programme a ticket opens: `everything`, or `tracks` and `sessions`, each with `slug` and `name`.
    `unlisted`: also sessions that are on no page."""
    rows = [] if ticket.opens_programme else ticket.openings.select_related("track", "session")
    sessions = [row.session for row in rows if row.session]
    shown = [one for one in sessions if unlisted or one.state not in Session.OFF_AGENDA]
    return {
        "everything": ticket.opens_programme,
        "tracks": [{"slug": row.track.slug, "name": str(row.track)} for row in rows if row.track],
        "sessions": [{"slug": session.slug, "name": str(session)} for session in shown],
    }
