"""Quizzes by pages and forms: for those who play, and for those who run them."""

from apps.quizzes.views.hosting import HostView, OpenView, ReportView, ScreenView, SeatView, StepView, TemplateView
from apps.quizzes.views.playing import AnswerView, JoinView, QuizView, QuizzesView, TimeView

__all__ = [
    "AnswerView",
    "HostView",
    "JoinView",
    "OpenView",
    "QuizView",
    "QuizzesView",
    "ReportView",
    "ScreenView",
    "SeatView",
    "StepView",
    "TemplateView",
    "TimeView",
]
