"""Quizzes over REST: played, run and worked through (`playing`), and more time asked for (`wishing`)."""

from apps.quizzes.api.playing import (
    AnswerAPI,
    AttemptAPI,
    AttemptsAPI,
    HandInAPI,
    OpenAPI,
    PlayersAPI,
    PlayerTimeAPI,
    QuizAPI,
    QuizzesAPI,
    ReviewAPI,
    SeatAPI,
    StepAPI,
    TaskAPI,
    TimeAPI,
    TrainingsAPI,
)
from apps.quizzes.api.wishing import TimeWishAPI

__all__ = [
    "AnswerAPI",
    "AttemptAPI",
    "AttemptsAPI",
    "HandInAPI",
    "OpenAPI",
    "PlayerTimeAPI",
    "PlayersAPI",
    "QuizAPI",
    "QuizzesAPI",
    "ReviewAPI",
    "SeatAPI",
    "StepAPI",
    "TaskAPI",
    "TimeAPI",
    "TimeWishAPI",
    "TrainingsAPI",
]
