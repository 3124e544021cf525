"""Who runs the questions of every session, and what a vote may still move."""

from apps.core.access import May, may, may_own
from apps.questions.models import Board, Question


def can_moderate(roles: frozenset[str]) -> bool:
    """Runs the questions of every session; speakers run those of their own (`selectors.may_run`)."""
    return may(roles, May.RUN_QUESTIONS)


def can_moderate_own(roles: frozenset[str]) -> bool:
    """Of sessions in which they speak."""
    return may_own(roles, May.RUN_QUESTIONS)


def can_vote(board: Board, question: Question) -> bool:
    """Whether votes still move anything; whose question it is, the service asks."""
    return board.is_open and question.state in Question.UNANSWERED
