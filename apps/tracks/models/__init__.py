"""The agenda, what each person makes of it, who has a seat, which tickets open what, and what stands on stage."""

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
from apps.tracks.models.outside import Outside, Provider, outside_of
from apps.tracks.models.seats import Opening, Seat
from apps.tracks.models.stages import Stage

__all__ = [
    "DAY_CHANGE",
    "LONGEST",
    "MOST_OFFSET",
    "Attendance",
    "Imported",
    "Opening",
    "Outside",
    "Provider",
    "Room",
    "ScheduleImport",
    "Seat",
    "Session",
    "SessionLink",
    "SessionQuerySet",
    "SessionSpeaker",
    "Speaker",
    "Stage",
    "Star",
    "Tag",
    "Track",
    "outside_of",
]
