"""Quizzes: banks of questions, quizzes made of them, games that are played together, attempts by oneself."""

from apps.quizzes.models.alone import Attempt, Task
from apps.quizzes.models.banks import Bank, Choice, Question, Quiz
from apps.quizzes.models.games import Allowance, Answer, Game, Seat, Side, Turn

__all__ = [
    "Allowance",
    "Answer",
    "Attempt",
    "Bank",
    "Choice",
    "Game",
    "Question",
    "Quiz",
    "Seat",
    "Side",
    "Task",
    "Turn",
]
