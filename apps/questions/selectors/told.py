"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.questions.models import Follow, Question, Vote


def questions_asked_by(user: User) -> Iterator[dict[str, Any]]:
    """Those that carry their name; without one, only their own device finds them again."""
    rows = Question.objects.filter(author=user).select_related("board__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.board.event.slug, "text": row.text, "state": row.state, "reply": row.reply}


def votes_of(user: User) -> Iterator[dict[str, Any]]:
    rows = Vote.objects.filter(user=user).select_related("question__board__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.question.board.event.slug, "question": row.question.text}


def followed_by(user: User) -> Iterator[dict[str, Any]]:
    rows = Follow.objects.filter(user=user).select_related("question__board__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {"event": row.question.board.event.slug, "question": row.question.text}
