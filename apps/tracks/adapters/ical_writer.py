"""Writes a schedule as iCalendar (RFC 5545), for people's own calendars."""

from datetime import UTC, datetime

from icalendar import Calendar, Event

from apps.core.html import to_text
from apps.tracks.adapters import values
from apps.tracks.adapters.schedule import GENERATOR, PERSONAL, Schedule, Session


def write(schedule: Schedule, *, personal: bool = False) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{PERSONAL if personal else GENERATOR}//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", values.line(schedule.conference.title))
    calendar.add("x-wr-timezone", schedule.conference.time_zone)
    # How often calendar programs should look again.
    calendar.add("x-published-ttl", "PT15M")
    for session in sorted(schedule.sessions, key=lambda session: (session.starts_at, session.number)):
        calendar.add_component(_session(session))
    return bytes(calendar.to_ical())


def _session(session: Session) -> Event:
    event = Event()
    event.add("uid", str(session.guid))
    event.add("dtstamp", _utc(session.changed_at or session.starts_at))
    event.add("last-modified", _utc(session.changed_at or session.starts_at))
    event.add("dtstart", _utc(session.starts_at))
    event.add("dtend", _utc(session.ends_at))
    event.add("summary", values.line(session.title))
    event.add("location", values.line(session.room.name))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    if session.track:
        event.add("categories", [values.line(session.track.name)])
    if session.url:
        event.add("url", session.url)
    description = _description(session)
    if description:
        event.add("description", description)
    return event


def _description(session: Session) -> str:
    parts = [
        values.line(session.subtitle or ""),
        ", ".join(values.line(speaker.name) for speaker in session.speakers or ()),
        to_text(session.abstract or ""),
        to_text(session.description or ""),
    ]
    return values.readable("\n\n".join(part for part in parts if part))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
