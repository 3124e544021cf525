"""What is read of quizzes: the stage, the hall, one's own place, what can be joined."""

from apps.quizzes.selectors.games import (
    MOST_LISTED,
    current_turn,
    games_by_id,
    get_game,
    get_quiz,
    joinable,
    last_moment,
    listed,
    newest_game,
    runnable,
    seats,
    unknown,
)
from apps.quizzes.selectors.places import own_place, own_places
from apps.quizzes.selectors.reports import people_report, questions_report
from apps.quizzes.selectors.stage import hall, stage
from apps.quizzes.selectors.taken import counted, taken, taken_count

__all__ = [
    "MOST_LISTED",
    "counted",
    "current_turn",
    "games_by_id",
    "get_game",
    "get_quiz",
    "hall",
    "joinable",
    "last_moment",
    "listed",
    "newest_game",
    "own_place",
    "own_places",
    "people_report",
    "questions_report",
    "runnable",
    "seats",
    "stage",
    "taken",
    "taken_count",
    "unknown",
]
