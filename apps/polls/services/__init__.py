"""What is done with polls: made, opened, closed, answered."""

from apps.polls.services.answering import Vote, cast_votes
from apps.polls.services.applying import ANSWER, Answers, apply_answers
from apps.polls.services.running import (
    LEAST_OPTIONS,
    MOST_OPTIONS,
    SESSION_UNKNOWN,
    close_due_polls,
    close_in_time,
    close_poll,
    create_poll,
    open_poll,
    publish_changes,
)

__all__ = [
    "ANSWER",
    "LEAST_OPTIONS",
    "MOST_OPTIONS",
    "SESSION_UNKNOWN",
    "Answers",
    "Vote",
    "apply_answers",
    "cast_votes",
    "close_due_polls",
    "close_in_time",
    "close_poll",
    "create_poll",
    "open_poll",
    "publish_changes",
]
