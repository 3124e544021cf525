"""Which sessions an event has: as lists show them, running, next; and on which day of the programme they fall."""

from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from apps.core import clock
from apps.events.models import Event
from apps.tracks.models import DAY_CHANGE, Session, SessionQuerySet
from apps.tracks.selectors.stages import STAGE

FOUND_MOST = 200


def programme_day(moment: datetime, zone: tzinfo) -> date:
    """The day of the programme on which a moment falls: a talk at one in the night belongs to the evening."""
    return (moment.astimezone(zone) - timedelta(hours=DAY_CHANGE.hour)).date()


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when a day of the programme lasts; the end is the beginning of the next."""
    return datetime.combine(day, DAY_CHANGE, zone), datetime.combine(day + timedelta(days=1), DAY_CHANGE, zone)


def sessions_of(event: Event) -> SessionQuerySet:
    """The event's sessions as lists show them: three queries, whatever their number."""
    return (
        event.sessions.on_agenda()
        .light()
        .prefetch_related("session_speakers__speaker", "tags")
        .order_by("starts_at", "room__position", "pk")
    )


def sessions_now(event: Event, *, but: Any = ()) -> list[Session]:
    """What runs at this moment, the one that ends first last; `but` these."""
    running = sessions_of(event).running_at(clock.now()).exclude(pk__in=but)
    return list(running.order_by("-ends_at", "room__position", "pk"))


def sessions_next(event: Event, *, limit: int = 12, but: Any = ()) -> list[Session]:
    """What begins soonest, `but` these: ids, or a query for them."""
    return list(sessions_of(event).planned().filter(starts_at__gt=clock.now()).exclude(pk__in=but)[:limit])


def session_by_slug(event: Event, slug: str) -> Session | None:
    """One session with everything that its page shows. Withdrawn ones are gone, cancelled ones say so."""
    rows = event.sessions.on_agenda().select_related("event", "track", "room", "video__encoding", *STAGE)
    prefetched = rows.prefetch_related("session_speakers__speaker__photo", "links", "tags")
    return prefetched.defer("imported").filter(slug=slug).first()
