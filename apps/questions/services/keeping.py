"""What those who run the questions did, for the audit log. Their table is not watched as the others are: who asks
without a name may be of the staff, and the log would tell."""

from typing import Any

from apps.audit import context
from apps.audit import services as audit
from apps.audit.models import Entry
from apps.questions.models import Board, Question


def keep(board: Board, question: Question, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    if context.current() is None or before == after:
        return
    audit.record(
        question.text,
        thing=question,
        kind=Entry.Kind.CHANGED,
        event_id=board.event_id,
        organisation_id=board.event.organisation_id,
        before=before,
        after=after,
    )
