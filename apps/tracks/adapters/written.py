"""What the writers share: names that the formats allow, days, lengths."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from apps.tracks.adapters.schedule import Day, Room, Schedule, Session, programme_day
from apps.tracks.models import DAY_CHANGE

VERSION = "1"
TIMESLOT = "00:05"
_NOT_IN_ACRONYM = re.compile(r"[^a-z0-9]+")
_LAST_MOMENT = time(DAY_CHANGE.hour - 1, 59, 59)
_NOT_IN_SLUG = re.compile(r"[^a-z0-9_-]+")


def acronym(slug: str) -> str:
    """The event's address in the letters that both formats allow, four at least."""
    name = _NOT_IN_ACRONYM.sub("_", slug.lower()).strip("_")
    return name if len(name) >= 4 else f"{name}_event".strip("_")


def slugs(prefix: str, sessions: Sequence[Session]) -> dict[int, str]:
    """For each session by its number: acronym and address as one, at least four letters each, none twice."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for session in sessions:
        name = _NOT_IN_SLUG.sub("-", session.slug.lower()).strip("-_")
        if len(name) < 4 or name in taken:
            name = f"{name}-{session.number:04d}".strip("-_")
        taken.add(name)
        found[session.number] = f"{prefix}-{name}"
    return found


def short_slug(slug: str, number: int) -> str:
    """An address of two letters at least that ends in a letter or digit."""
    name = _NOT_IN_SLUG.sub("-", slug.lower()).strip("-_")
    return name if len(name) >= 2 else f"{name}-{number}".strip("-")


def days(schedule: Schedule, zone: ZoneInfo) -> list[tuple[Day, dict[Room, list[Session]]]]:
    """Each day that has a session, with every room in order; the first day of an empty schedule."""
    by_date: dict[date, dict[Room, list[Session]]] = {}
    for session in sorted(schedule.sessions, key=lambda session: (session.starts_at, session.number)):
        on = programme_day(session.starts_at.astimezone(zone))
        by_date.setdefault(on, {room: [] for room in schedule.rooms})[session.room].append(session)
    if not by_date and schedule.conference.starts_on:
        by_date[schedule.conference.starts_on] = {room: [] for room in schedule.rooms}
    found = []
    for index, on in enumerate(sorted(by_date), 1):
        opening = datetime.combine(on, DAY_CHANGE, zone)
        closing = datetime.combine(on + timedelta(days=1), _LAST_MOMENT, zone)
        found.append((Day(index, on, opening, closing), by_date[on]))
    return found


def dates(schedule: Schedule, found: list[tuple[Day, dict[Room, list[Session]]]]) -> tuple[str, str]:
    """The first and the last day of the conference."""
    if found:
        return found[0][0].date.isoformat(), found[-1][0].date.isoformat()
    conference = schedule.conference
    return str(conference.starts_on or ""), str(conference.ends_on or "")


def stamp(moment: datetime, zone: tzinfo) -> str:
    """With the zone's offset; in UTC where that offset has seconds, as zones once had."""
    local = moment.astimezone(zone).replace(microsecond=0)
    offset = local.utcoffset() or timedelta()
    return (local if offset.total_seconds() % 60 == 0 else moment.replace(microsecond=0)).isoformat()


def length(duration: timedelta, *, seconds: bool) -> str:
    """HH:MM, and :SS where there are some and the format takes them."""
    whole = int(duration.total_seconds())
    text = f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"
    return f"{text}:{whole % 60:02d}" if seconds and whole % 60 else text
