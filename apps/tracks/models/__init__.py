"""The agenda, what each person makes of it, who has a seat, and which tickets open what."""

from apps.tracks.models.agenda import (
    DAY_CHANGE,
    LONGEST,
    MOST_OFFSET,
    Attendance,
    Imported,
    Room,
    ScheduleImport,
    Session,
    SessionLink,
    SessionQuerySet,
    SessionSpeaker,
    Speaker,
    Star,
    Tag,
    Track,
)
from apps.tracks.models.seats import Opening, Seat

__all__ = [
    "DAY_CHANGE",
    "LONGEST",
    "MOST_OFFSET",
    "Attendance",
    "Imported",
    "Opening",
    "Room",
    "ScheduleImport",
    "Seat",
    "Session",
    "SessionLink",
    "SessionQuerySet",
    "SessionSpeaker",
    "Speaker",
    "Star",
    "Tag",
    "Track",
]
