"""Who runs the questions of every session, and what a vote may still move."""

from apps.core.access import ROLES_FOR, Access
from apps.questions.models import Board, Question


def can_moderate(roles: frozenset[str]) -> bool:
    """Runs the questions of every session; speakers run those of their own (`selectors.may_run`)."""
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR])


def can_vote(board: Board, question: Question) -> bool:
    """Whether votes still move anything; whose question it is, the service asks."""
    return board.is_open and question.state in Question.UNANSWERED
