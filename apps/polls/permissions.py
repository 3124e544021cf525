"""Who sees a poll and its results."""

from datetime import datetime

from apps.core.access import ROLES_FOR, Access
from apps.polls.models import Poll


def can_run(roles: frozenset[str]) -> bool:
    """Opens and closes polls, and sees all results."""
    return not roles.isdisjoint(ROLES_FOR[Access.MODERATOR])


def can_see(poll: Poll) -> bool:
    """Drafts are the organisers' own."""
    return poll.state != Poll.State.DRAFT


def can_see_results(poll: Poll, *, has_answered: bool, now: datetime) -> bool:
    if not can_see(poll):
        return False
    if poll.results == Poll.Results.LIVE:
        return True
    if poll.results == Poll.Results.ANSWERED:
        return has_answered
    if poll.results == Poll.Results.CLOSE:
        return not poll.takes_answers_at(now)
    return False
