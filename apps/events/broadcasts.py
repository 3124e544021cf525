"""What events say live: names of topics and their payloads."""

from typing import Any

from apps.events.models import Announcement

ANNOUNCEMENTS = "announcements"
HERE = "here"
"""Presence: everybody who has a page of the event open."""


def announcement(row: Announcement) -> dict[str, Any]:
    """The same for every reader: all languages travel, and the page takes the reader's."""
    data = row.text.data
    return {
        "id": row.pk,
        "text": data if isinstance(data, dict) else {row.event.default_language: str(data)},
        "by": row.by.name if row.by else "",
        "at": row.created_at.isoformat(),
    }
