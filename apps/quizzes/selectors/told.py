"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.quizzes.models import Allowance, Attempt, Seat


def attempts_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Attempt.objects.filter(user=user).select_related("quiz__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.quiz.event.slug,
            "quiz": str(row.quiz),
            "begun": row.started_at,
            "handed_in": row.finished_at,
            "percent": row.percent,
        }


def seats_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Seat.objects.filter(user=user).select_related("game__quiz__event", "side").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.game.quiz.event.slug, "quiz": str(row.game.quiz), "as": row.side.name}


def times_of(user: User) -> Iterator[dict[str, Any]]:
    """More time that they asked for, or have."""
    for row in Allowance.objects.filter(user=user).select_related("event").order_by("-pk"):
        yield {"event": row.event.slug, "asked_for_percent": row.asked, "has_percent": row.extra}
