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
    played,
    unknown,
)
from apps.quizzes.selectors.offered import Offered, offered, open_trainings, session_trainings
from apps.quizzes.selectors.places import Pair, granted, own_place, own_places
from apps.quizzes.selectors.reports import Row, answers_report, people_report, questions_report
from apps.quizzes.selectors.running import can_run, can_run_session, not_yours, runnable
from apps.quizzes.selectors.shown import Shown, session_quiz, shown
from apps.quizzes.selectors.stage import hall, stage
from apps.quizzes.selectors.taken import counted, taken, taken_count
from apps.quizzes.selectors.times import asking, desk, games_of, seats, with_time
from apps.quizzes.selectors.training import (
    Reviewed,
    ReviewedOption,
    asked,
    attempt_left,
    attempts_report,
    get_training,
    own_attempt,
    own_attempts,
    review,
    task_at,
    task_sheet,
    tasks_report,
    trainings,
    weight_words,
)
from apps.quizzes.selectors.unfinished import what_is_missing
from apps.quizzes.selectors.warned import warnings
from apps.quizzes.selectors.words import words_of

__all__ = [
    "MOST_LISTED",
    "Offered",
    "Pair",
    "Reviewed",
    "ReviewedOption",
    "Row",
    "Shown",
    "answers_report",
    "asked",
    "asking",
    "attempt_left",
    "attempts_report",
    "can_run",
    "can_run_session",
    "counted",
    "current_turn",
    "desk",
    "games_by_id",
    "games_of",
    "get_game",
    "get_quiz",
    "get_training",
    "granted",
    "hall",
    "joinable",
    "last_moment",
    "listed",
    "newest_game",
    "not_yours",
    "offered",
    "open_trainings",
    "own_attempt",
    "own_attempts",
    "own_place",
    "own_places",
    "people_report",
    "played",
    "questions_report",
    "review",
    "runnable",
    "seats",
    "session_quiz",
    "session_trainings",
    "shown",
    "stage",
    "taken",
    "taken_count",
    "task_at",
    "task_sheet",
    "tasks_report",
    "trainings",
    "unknown",
    "warnings",
    "weight_words",
    "what_is_missing",
    "with_time",
    "words_of",
]
