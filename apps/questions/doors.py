"""What the doors of questions share: who runs those of a session, and how a session or a question is found for them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.questions import selectors
from apps.questions.models import Question
from apps.tracks.models import Session


@dataclass(frozen=True, slots=True)
class Slip:
    """What was not taken of a form about one question: why, at which field, and what was written there."""

    question: int
    field: str
    error: str
    written: str


def check_runs(session: Session, user_id: int | None, roles: frozenset[str]) -> None:
    if not selectors.may_run(session, user_id, roles):
        raise Refused(
            "question.not_running", _("Only moderators and the speakers of this session can do this."), status=403
        )


def question_run_by(event_id: int, question_id: int, user_id: int | None, roles: frozenset[str]) -> Question:
    """A question, for somebody who runs the questions of its session. Others learn nothing of one that is not shown."""
    question = selectors.get_question(event_id, question_id)
    session = question.board.session
    if session is None:
        raise selectors.unknown()
    if not question.is_shown and not selectors.may_run(session, user_id, roles):
        raise selectors.unknown()
    check_runs(session, user_id, roles)
    return question
