"""A session's questions as a table, for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.questions import broadcasts
from apps.questions.models import Board, Question


def table(board: Board) -> Iterator[list[Any]]:
    """Everything that was asked and not taken back, as it was asked; read in pieces."""
    return table_of(Question.objects.filter(board=board.pk).exclude(state=Question.State.WITHDRAWN))


def table_of(rows: QuerySet[Question]) -> Iterator[list[Any]]:
    """Of whichever questions, its words in the reader's language. Who asked without a name is in no column."""
    heads = [
        _("Number"), _("Asked at"), _("State"), _("Question"), _("Asked by"), _("Votes"), _("Tags"),
        _("Answered"), _("Reply"), _("Reply by"), _("Joined with number"),
    ]  # fmt: skip
    # Said here and not while it is sent: that may be another thread's language.
    return _lines(heads, {str(state.value): str(state.label) for state in Question.State}, rows)


def _lines(heads: list[str], states: dict[str, str], rows: QuerySet[Question]) -> Iterator[list[Any]]:
    yield heads
    for row in rows.select_related("author", "replied_by").order_by("created_at", "pk").iterator(chunk_size=500):
        yield [
            row.pk,
            row.created_at.isoformat(timespec="seconds"),
            states[row.state],
            row.text,
            broadcasts.name_of(row),
            row.votes,
            ", ".join(row.tags),
            row.answered_at.isoformat(timespec="seconds") if row.answered_at else "",
            row.reply,
            row.replied_by.name if row.replied_by else "",
            row.merged_into_id or "",
        ]
