"""Quizzes by pages and forms: for those who play, and for those who run them."""

from apps.quizzes.views.hosting import HostView, OpenView, ReportView, ScreenView, SeatView, StepView, TemplateView
from apps.quizzes.views.playing import AnswerView, JoinView, QuizView, QuizzesView, TimeView
from apps.quizzes.views.training import HandInView, ReviewView, TaskView, TrainingView

__all__ = [
    "AnswerView",
    "HandInView",
    "HostView",
    "JoinView",
    "OpenView",
    "QuizView",
    "QuizzesView",
    "ReportView",
    "ReviewView",
    "ScreenView",
    "SeatView",
    "StepView",
    "TaskView",
    "TemplateView",
    "TimeView",
    "TrainingView",
]
