"""A session's questions as a table, for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from apps.questions import broadcasts
from apps.questions.models import Board, Question

COLUMNS = (
    "id",
    "asked_at",
    "state",
    "question",
    "asked_by",
    "votes",
    "tags",
    "answered_at",
    "reply",
    "reply_by",
    "into",
)


def table(board: Board) -> Iterator[tuple[Any, ...]]:
    """Everything that was asked and not taken back, as it was asked; read in pieces."""
    return table_of(Question.objects.filter(board=board.pk).exclude(state=Question.State.WITHDRAWN))


def table_of(rows: QuerySet[Question]) -> Iterator[tuple[Any, ...]]:
    """Of whichever questions. Who asked without a name is in no column."""
    yield COLUMNS
    for row in rows.select_related("author", "replied_by").order_by("created_at", "pk").iterator(chunk_size=500):
        yield (
            row.pk,
            row.created_at.isoformat(timespec="seconds"),
            row.state,
            row.text,
            broadcasts.name_of(row),
            row.votes,
            ", ".join(row.tags),
            row.answered_at.isoformat(timespec="seconds") if row.answered_at else "",
            row.reply,
            row.replied_by.name if row.replied_by else "",
            row.merged_into_id or "",
        )
