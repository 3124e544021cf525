"""What events say live: names of topics and their payloads."""

from typing import TypedDict

from apps.events.models import Announcement

ANNOUNCEMENTS = "announcements"
"""What is said to everybody; to a segment, on a topic of its own with its own guard."""
TO_TICKET = "announcements/ticket/{ticket_id:int}"
TO_SESSION = "announcements/session/{session_id:int}"
HERE = "here"
"""Presence: everybody who has a page of the event open."""


def announcements_topic(audience: str) -> str:
    """Of a segment's key; empty: everybody."""
    return f"{ANNOUNCEMENTS}/{audience}" if audience else ANNOUNCEMENTS


class Announced(TypedDict):
    id: int
    text: dict[str, str]
    """By language: the same for every reader, and the page takes the reader's."""
    by: str
    at: str


class People(TypedDict):
    """How many have a page of the event open; rounded when they are many."""

    people: int


def announcement(row: Announcement) -> Announced:
    data = row.text.data
    return {
        "id": row.pk,
        "text": data if isinstance(data, dict) else {row.event.default_language: str(data)},
        "by": row.by.name if row.by else "",
        "at": row.created_at.isoformat(),
    }
