"""A session's questions on its recording's clock: when each was asked, and when it was answered."""

from datetime import datetime

import msgspec

from apps.questions import broadcasts
from apps.questions.models import Question
from apps.tracks.models import Session

MOST = 300
"""Of more, those that most people wanted."""


class Moment(msgspec.Struct, frozen=True):
    question: broadcasts.Question
    asked: float
    """In seconds on the recording's clock; 0 for what was asked before it began."""
    answered: float | None
    """Likewise; null where it was not answered while it ran."""


def on_clock(session: Session, start: datetime, end: datetime) -> list[Moment]:
    """What was asked before the recording ended, and is shown; in the order in which it was asked."""
    rows = Question.objects.shown().filter(board__session=session, board__event=session.event_id, created_at__lt=end)
    wanted = rows.select_related("author", "replied_by").order_by("-votes", "pk")[:MOST]
    return [_moment(row, start, end) for row in sorted(wanted, key=lambda row: (row.created_at, row.pk))]


def _moment(row: Question, start: datetime, end: datetime) -> Moment:
    at = row.answered_at if row.state == Question.State.ANSWERED else None
    answered = (at - start).total_seconds() if at is not None and start <= at < end else None
    return Moment(broadcasts.question(row), max(0.0, (row.created_at - start).total_seconds()), answered)
