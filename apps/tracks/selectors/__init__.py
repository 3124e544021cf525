"""Reads of the agenda: days, sessions, speakers, what a person starred, who was there."""

from apps.tracks.selectors.agenda import (
    programme_day,
    session_by_slug,
    sessions_next,
    sessions_now,
    sessions_of,
)
from apps.tracks.selectors.arranging import Arrangement, Card, Spot, arrangement, clashes_of
from apps.tracks.selectors.asking import sessions_where, speakers_where
from apps.tracks.selectors.attendance import (
    attendance_of,
    event_attendance,
    has_session,
    missing,
    own_numbers,
    stage_of,
)
from apps.tracks.selectors.people import speaker_by_slug, speakers
from apps.tracks.selectors.stars import (
    Clash,
    clashes_among,
    clashes_with,
    confirmed_registration,
    registration_by_token,
    star_version,
    starred_ids,
    starred_sessions,
)
from apps.tracks.selectors.work import needs, tasks

__all__ = [
    "Arrangement",
    "Card",
    "Clash",
    "Spot",
    "arrangement",
    "attendance_of",
    "clashes_among",
    "clashes_of",
    "clashes_with",
    "confirmed_registration",
    "event_attendance",
    "has_session",
    "missing",
    "needs",
    "own_numbers",
    "programme_day",
    "registration_by_token",
    "session_by_slug",
    "sessions_next",
    "sessions_now",
    "sessions_of",
    "sessions_where",
    "speaker_by_slug",
    "speakers",
    "speakers_where",
    "stage_of",
    "star_version",
    "starred_ids",
    "starred_sessions",
    "tasks",
]
