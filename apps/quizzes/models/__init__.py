"""Quizzes: banks of questions, quizzes made of them, and games in which they are played together."""

from apps.quizzes.models.banks import Bank, Choice, Question, Quiz
from apps.quizzes.models.games import Answer, Game, Seat, Side, Turn

__all__ = ["Answer", "Bank", "Choice", "Game", "Question", "Quiz", "Seat", "Side", "Turn"]
