"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.polls.models import Answer


def answers_of(user: User) -> Iterator[dict[str, Any]]:
    """Those to polls that take names; of the others nobody can tell whose they are."""
    rows = Answer.objects.filter(user=user).select_related("poll__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.poll.event.slug,
            "question": str(row.poll.question),
            "said": row.said,
            "at": row.answered_at,
        }
