"""An event as a calendar file (RFC 5545), for the mail that brings a place in it."""

from datetime import timedelta

from icalendar import Alarm, Calendar
from icalendar import Event as Entry

from apps.core import clock, html
from apps.events.models import Event

REMIND_BEFORE = timedelta(minutes=15)


def of_event(event: Event, *, url: str, uid: str) -> str:
    """One entry from the event's beginning to its end, with the way in, and a reminder."""
    entry = Entry()
    entry.add("uid", uid)
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", str(event.name))
    entry.add("url", url)
    entry.add("location", event.place or url)
    words = html.to_text(str(event.tagline))
    entry.add("description", f"{words}\n\n{url}".strip())
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event.name))
    alarm.add("trigger", -REMIND_BEFORE)
    entry.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Plenary//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return str(calendar.to_ical().decode())
