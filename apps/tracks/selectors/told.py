"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.tracks.models import Attendance, Seat, Speaker, Star


def stars_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Star.objects.filter(user=user).select_related("session__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.session.event.slug, "session": str(row.session), "at": row.created_at}


def visits_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Attendance.objects.filter(user=user).select_related("session__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.session.event.slug,
            "session": str(row.session),
            "came": row.first_at,
            "last_here": row.last_at,
            "seconds": row.seconds,
        }


def seats_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Seat.objects.filter(user=user).select_related("session__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.session.event.slug,
            "session": str(row.session),
            "state": row.state,
            "at": row.created_at,
            "waits_since": row.waiting_since,
            "given_by_organisers": row.by_id is not None,
        }


def pages_of(user: User) -> Iterator[dict[str, Any]]:
    """What stands on their pages as a speaker."""
    for row in Speaker.objects.filter(user=user).select_related("event").order_by("-pk"):
        yield {"event": row.event.slug, "name": row.name, "title": row.title, "biography": str(row.biography)}
