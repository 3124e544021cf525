"""Reads iCalendar (RFC 5545) into raw parts: each VEVENT is a session, its place the room; one that repeats is many."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from apps.core.words import sentence as _
from apps.tracks.adapters import values
from apps.tracks.adapters.ical_series import MOST_TIMES, Series, Time, Unruly, key_of
from apps.tracks.adapters.identities import parse_guid
from apps.tracks.adapters.raw import Part, RawDay, RawRoom, RawSchedule
from apps.tracks.adapters.schedule import GENERATOR, MOST_SESSIONS, PERSONAL, Remark, ScheduleError, refusal, too_many

MOST_PROBLEMS = 50
NO_PLACE = "Online"
"""The room of sessions for which a calendar names no place. Not translated: the room is found again by it."""


def read(data: bytes, *, zone: str = "") -> RawSchedule:
    """`zone` is the event's, for calendars that name none."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _("line %(line)d") % {"line": data.count(b"\n", 0, error.start) + 1}
        raise ScheduleError(_("a calendar is written in UTF-8, this one is not"), place) from error
    if data.upper().count(b"BEGIN:VEVENT") > MOST_SESSIONS:
        raise too_many("VCALENDAR")
    try:
        calendar: Any = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError) as error:
        raise ScheduleError(_("this is not a well-formed calendar (%s)") % error, _("line 1")) from error
    return _Reading(calendar, zone).raw


class _Reading:
    def __init__(self, calendar: Any, zone: str) -> None:
        title = str(calendar.get("x-wr-calname", ""))
        named = str(calendar.get("x-wr-timezone", ""))
        self.raw = RawSchedule(
            Part(
                "VCALENDAR",
                {
                    "title": title,
                    "acronym": title,
                    "time_zone_name": named if values.zone(named) or not zone else zone or "UTC",
                },
            )
        )
        if named and values.zone(named) is None and zone:
            words = _("there is no time zone “%(named)s”; that of the event is used") % {"named": named[:60]}
            self.raw.odd.append(("VCALENDAR", words))
        product = str(calendar.get("prodid", ""))
        self.raw.generator = next((name for name in (PERSONAL, GENERATOR) if product == f"-//{name}//EN"), "")
        self.raw.says_cancelled = True
        self.own = self.raw.generator == GENERATOR
        self.problems: list[Remark] = []
        parts: list[Part] = []
        for place, series in self._series(calendar):
            parts.extend(self._sessions(place, series))
            if len(parts) > MOST_SESSIONS:
                raise too_many("VCALENDAR")
        if self.problems:
            raise refusal(self.problems)
        first = min((part.text("date") or "" for part in parts), default="")
        self.raw.days = [RawDay(Part("VCALENDAR", {"date": first}), [RawRoom(Part("VCALENDAR"), parts)])]

    def _series(self, calendar: Any) -> Iterator[tuple[str, Series]]:
        """Each event with its place in the file, and what was changed of single times of it."""
        found: list[tuple[str, str, Any]] = []
        changed: dict[str, dict[str, Any]] = {}
        for number, component in enumerate(calendar.walk("VEVENT"), 1):
            title = str(component.get("summary", ""))
            place: str = _("VEVENT %(number)d (%(title)s)") % {"number": number, "title": title[:60]}
            at = self._decoded(component, "recurrence-id")
            uid = str(component.get("uid", ""))
            if uid and isinstance(at, datetime):
                changed.setdefault(uid, {})[key_of(at)] = component
            found.append((place, uid if isinstance(at, datetime) else "", component))
        masters = {str(component.get("uid", "")) for _place, of, component in found if not of}
        for place, of, component in found:
            if not of:
                yield place, Series(component, changed.pop(str(component.get("uid", "")), {}))
            elif of not in masters and of in changed:  # a calendar may hold the changed times alone
                yield place, Series(component, {})

    def _sessions(self, place: str, series: Series) -> Iterator[Part]:
        if not self._has_start(place, series.component):
            return
        try:
            for time in series.times():
                part = self._session(place, time)
                if part is not None:
                    yield part
        except Unruly:
            self.raw.odd.append((place, _("how it repeats cannot be followed; only its first time is taken")))
            part = self._session(place, Time(series.component))
            if part is not None:
                yield part
        if series.is_cut:
            words = _("it repeats without an end, or for very long; up to %(most)d times in two years are taken")
            self.raw.odd.append((place, words % {"most": MOST_TIMES}))

    def _has_start(self, place: str, component: Any) -> bool:
        start = self._decoded(component, "dtstart")
        if isinstance(start, datetime):
            return True
        if isinstance(start, date):
            self.raw.odd.append((place, _("it lasts whole days and has no hour; it is left out")))
        else:  # what could not be read is a text
            self._refuse(place, _("a time cannot be read (%s)") % str(start)[:60] if start else _("it has no start"))
        return False

    @staticmethod
    def _decoded(component: Any, name: str) -> Any:
        try:
            return component.decoded(name, None)
        except (ValueError, TypeError, KeyError):
            return None

    def _session(self, place: str, time: Time) -> Part | None:
        event = time.component
        title = str(event.get("summary", ""))
        part = Part(place)
        is_cancelled = str(event.get("status", "")).strip().upper() == "CANCELLED"
        if self.own and is_cancelled:
            return None
        if not self._take_times(part, event, time.starts):
            return None
        part.values |= {"title": title, "room": self._room(place, event), "state": "cancelled" if is_cancelled else ""}
        uid = str(event.get("uid", ""))
        part.values["guid"] = f"{uid}/{time.key}" if uid and time.key else uid
        if parse_guid(part) is None:
            part.values = {**part.values, "guid": "", "id": part.values["guid"]}
        categories = event.categories
        part.values["track"] = str(categories[0]) if categories else ""
        if not self.own:
            # Ours are texts made from richer fields, and our own page.
            part.values["abstract"] = str(event.get("description", ""))
            part.values["url"] = str(event.get("url", ""))
        return part

    def _room(self, place: str, event: Any) -> str:
        name = values.line(str(event.get("location", "")))
        if not name:
            self.raw.odd.append((place, _("it has no place; it stands in the room “%s”") % NO_PLACE))
        return name or NO_PLACE

    def _take_times(self, part: Part, event: Any, starts: datetime | None) -> bool:
        """Whether it can be taken. The length of a time of a series is that of the first."""
        first, last = self._decoded(event, "dtstart"), self._decoded(event, "dtend")
        length = self._decoded(event, "duration")
        if not isinstance(first, datetime):
            return self._has_start(part.place, event)
        start = starts or first
        if isinstance(last, datetime):
            if (last.tzinfo is None) != (first.tzinfo is None):
                last = last.replace(tzinfo=first.tzinfo)
            length = last - first
        unread = next((one for one in (last, length) if isinstance(one, str)), "")
        if unread:
            self._refuse(part.place, _("a time cannot be read (%s)") % unread[:60])
            return False
        if not isinstance(length, timedelta) or not length:
            self.raw.odd.append((part.place, _("it has no length; it is left out")))
            return False
        if length < timedelta():
            self._refuse(part.place, _("the session ends before it begins"))
            return False
        part.values["date"] = start.isoformat()
        try:
            part.values["end"] = (start + length).isoformat()
        except OverflowError:
            self._refuse(part.place, _("a time cannot be read (%s)") % length)
            return False
        return True

    def _refuse(self, place: str, message: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Remark(place, message))
