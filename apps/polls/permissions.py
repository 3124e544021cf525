"""Who runs a poll, who sees it, and who sees its results."""

from datetime import datetime

from apps.core.access import May, may, may_own
from apps.polls.models import Poll
from apps.tracks.models import Session

HIDDEN_STATES = (Poll.State.DRAFT, Poll.State.SCHEDULED, Poll.State.ARCHIVED)
"""Of a poll that exists for those who run polls only."""


def can_run(roles: frozenset[str]) -> bool:
    """Runs any poll of the event, and sees all results."""
    return may(roles, May.RUN_POLLS)


def can_run_own(roles: frozenset[str]) -> bool:
    """Runs those of sessions in which they speak."""
    return may_own(roles, May.RUN_POLLS)


def can_run_poll(poll: Poll, roles: frozenset[str], user_id: int | None, speakers: frozenset[int]) -> bool:
    """Speakers run the polls of their own sessions; `speakers` are those of the poll's."""
    return can_run(roles) or (can_run_own(roles) and user_id is not None and user_id in speakers)


def can_see(poll: Poll) -> bool:
    """Needs `session`: with a session that was withdrawn its polls are gone too."""
    withdrawn = poll.session is not None and poll.session.state in Session.OFF_AGENDA
    return poll.state not in HIDDEN_STATES and not withdrawn


def can_see_results(poll: Poll, *, has_answered: bool, now: datetime) -> bool:
    if not can_see(poll):
        return False
    if poll.revealed or poll.results == Poll.Results.LIVE:
        return True
    if poll.results == Poll.Results.ANSWERED:
        return has_answered
    if poll.results == Poll.Results.CLOSE:
        return not poll.is_on_at(now)
    return False


def can_see_late(poll: Poll, *, has_answered: bool, now: datetime) -> bool:
    """The answers of those who watch the recording, which come for as long as anybody does."""
    return poll.takes_late_at(now) and can_see_results(poll, has_answered=has_answered, now=now)


def can_show_results(poll: Poll, *, now: datetime) -> bool:
    """On a screen that everybody sees, whether they have answered or not."""
    return can_see_results(poll, has_answered=not poll.is_on_at(now), now=now)
