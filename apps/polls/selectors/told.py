"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.polls.models import Answer, Participation


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


def anonymous_polls_of(user: User) -> Iterator[dict[str, Any]]:
    """That they took part, by the polls and in no order of theirs; what they answered is nobody's."""
    rows = Participation.objects.filter(user=user).select_related("poll__event").order_by("-poll", "-round")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.poll.event.slug, "question": str(row.poll.question), "round": row.round}
