"""Days, hours and lengths as people type them into tables."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apps.tracks.adapters import values

_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))?\s*([ap])\.?m\.?|(\d{1,2}):(\d{2})(?::(\d{2}))?", re.IGNORECASE
)
_MINUTES = re.compile(r"(\d{1,4})\s*(?:min|minutes?|m|′|')?\.?", re.IGNORECASE)
_LENGTH = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?|(\d{1,2})\s*h\s*(?:([0-5]?\d)\s*(?:m|min)?)?", re.IGNORECASE)


class Days:
    """Reads days. 3/4/2026 is the third of April or the fourth of March: another cell of the table tells, or none."""

    def __init__(self, cells: Iterable[str]) -> None:
        found = [match for cell in cells if (match := _SLASHES.match(cell.strip()))]
        day_first = any(int(match[1]) > 12 for match in found)
        month_first = any(int(match[2]) > 12 for match in found)
        self.is_unsure = bool(found) and day_first == month_first
        self._month_first = month_first

    def read(self, text: str) -> date | None:
        """None where it is no day, or where nobody can tell which."""
        if match := _ISO_DAY.fullmatch(text):
            return _day(match[1], match[2], match[3])
        if match := _POINTS.fullmatch(text):
            return _day(match[3], match[2], match[1])
        match = _SLASHES.fullmatch(text)
        if match is None or self.is_unsure:
            return None
        month, day = (match[1], match[2]) if self._month_first else (match[2], match[1])
        return _day(match[3], month, day)

    def moment(self, text: str, on: date | None, zone: tzinfo) -> datetime | None:
        """A day and an hour, in this order, or an hour `on` a day; with an offset, or in the zone."""
        said = " ".join(text.split())
        whole = values.moment(said, zone) if _ISO_DAY.match(said) else None
        if whole is not None:
            return whole[0]
        clock = read_clock(said)
        if clock is None:
            first, _space, rest = said.replace("T", " ").partition(" ")
            on, clock = self.read(first.rstrip(",")), read_clock(rest)
        if on is None or clock is None:
            return None
        return datetime.combine(on, clock, zone).astimezone(UTC)


def day_part(text: str) -> str:
    """The day of a cell that may hold an hour too, as spreadsheets write days."""
    return text.strip().replace("T", " ").split(" ")[0]


def read_clock(text: str) -> time | None:
    """09:00, 9:00:00, 9 am, 2.30 p.m."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    half = (match[4] or "").lower()
    hour, minute, second = (int(part or 0) for part in (match.group(1, 2, 3) if half else match.group(5, 6, 7)))
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def read_length(text: str) -> timedelta | None:
    """45, 45 min, 1:30, 1 h 30."""
    said = text.strip()
    if match := _MINUTES.fullmatch(said):
        return timedelta(minutes=int(match[1])) or None
    if match := _LENGTH.fullmatch(said):
        return timedelta(hours=int(match[1] or match[3]), minutes=int(match[2] or match[4] or 0)) or None
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if values.FIRST_YEAR <= found.year <= values.LAST_YEAR else None
