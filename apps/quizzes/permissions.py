"""Who runs quizzes, and who may answer."""

from apps.core.access import May, may, may_own
from apps.live.registry import Rate
from apps.quizzes.models import Game, Turn

ATTEMPT_RATE = Rate(per_second=0.2, burst=10)
"""A new attempt writes a copy of every question."""
TASK_RATE = Rate(per_second=2, burst=30)
TIME_RATE = Rate(per_second=0.5, burst=8)


def can_run(roles: frozenset[str]) -> bool:
    """Opens lobbies, asks, reveals, gives time, sees reports, of any quiz of the event."""
    return may(roles, May.RUN_QUIZZES)


def can_run_as_speaker(roles: frozenset[str], user_id: int | None, speakers: frozenset[int]) -> bool:
    """Does the same with a quiz of a session in which these people speak."""
    return can_run(roles) or (may_own(roles, May.RUN_QUIZZES) and user_id is not None and user_id in speakers)


def can_run_own(roles: frozenset[str]) -> bool:
    """Those of sessions in which they speak."""
    return may_own(roles, May.RUN_QUIZZES)


def is_asked(game: Game, turn: Turn) -> bool:
    """Whether this is the question that stands open, as far as anything but the clock says."""
    return game.phase == Game.Phase.ASKED and turn.position == game.position and turn.closed_at is None


def shows_answer(game: Game, turn: Turn) -> bool:
    """Whether the right answer of this turn may leave the server."""
    return turn.closed_at is not None and (turn.position < game.position or game.phase != Game.Phase.ASKED)
