"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.tracks.models import Attendance, Star


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
