"""What events say live: names of topics and their payloads."""

from typing import TypedDict

from apps.events.models import Announcement

ANNOUNCEMENTS = "announcements"
HERE = "here"
"""Presence: everybody who has a page of the event open."""


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
