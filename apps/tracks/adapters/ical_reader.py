"""Reads iCalendar (RFC 5545) into raw parts: each VEVENT is a session, its place the room."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar

from apps.tracks.adapters.identities import parse_guid
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule
from apps.tracks.adapters.schedule import GENERATOR, PERSONAL, ScheduleError


def read(data: bytes, *, zone: str = "") -> RawSchedule:
    """`zone` is the event's, for calendars that name none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _("line %(line)d") % {"line": data.count(b"\n", 0, error.start) + 1}
        raise ScheduleError(_("a calendar is written in UTF-8, this one is not"), place) from error
    try:
        calendar: Any = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise ScheduleError(_("this is not a well-formed calendar (%s)") % error, _("line 1")) from error
    raw = RawSchedule(
        Part(
            "VCALENDAR",
            {
                "title": str(calendar.get("x-wr-calname", "")),
                "acronym": str(calendar.get("x-wr-calname", "")),
                "time_zone_name": str(calendar.get("x-wr-timezone", zone or "UTC")),
            },
        )
    )
    product = str(calendar.get("prodid", ""))
    raw.generator = next((name for name in (PERSONAL, GENERATOR) if product == f"-//{name}//EN"), "")
    own = raw.generator == GENERATOR
    sessions = [_session(event, number, own=own) for number, event in enumerate(calendar.walk("VEVENT"), 1)]
    parts = [part for part in sessions if part]
    first = min((part.text("date") or "" for part in parts), default="")
    raw.days = [RawDay(Part("VCALENDAR", {"date": first}), [RawRoom(Part("VCALENDAR"), parts)])]
    return raw


def _session(event: Any, number: int, *, own: bool) -> Part | None:
    title = str(event.get("summary", ""))
    part = Part(_("VEVENT %(number)d (%(title)s)") % {"number": number, "title": title[:60]})
    if own and str(event.get("status", "")) == "CANCELLED":
        return None
    part.values = {"title": title, "room": str(event.get("location", ""))}
    uid = str(event.get("uid", ""))
    part.values["guid"] = uid
    if parse_guid(part) is None:
        part.values = {**part.values, "guid": "", "id": uid}
    try:
        start, end = event.decoded("dtstart", None), event.DTEND if "dtend" in event or "duration" in event else None
    except (ValueError, TypeError) as error:
        raise ScheduleError(_("a time cannot be read (%s)") % error, part.place) from error
    if isinstance(start, datetime):
        part.values["date"] = start.isoformat()
    if isinstance(end, datetime):
        part.values["end"] = end.isoformat()
    elif end is None and "duration" in event and isinstance(start, datetime):
        part.values["end"] = (start + event.decoded("duration")).isoformat()
    categories = event.categories
    part.values["track"] = str(categories[0]) if categories else ""
    if not own:
        # Ours are texts made from richer fields, and our own page.
        part.values["abstract"] = str(event.get("description", ""))
        part.values["url"] = str(event.get("url", ""))
    return part
