"""Quizzes over REST: played (`playing`), run (`running`), read afterwards (`reports`), worked through by oneself
(`training`); and what organisers write: quizzes (`making`) and their banks (`banks`)."""

from apps.quizzes.api.banks import (
    DeskBankFileView,
    DeskBankOrderView,
    DeskBankQuestionsView,
    DeskBankQuestionView,
    DeskBanksView,
    DeskBankView,
)
from apps.quizzes.api.making import DeskQuizView, DeskQuizzesView, DeskTimesView
from apps.quizzes.api.playing import AnswerAPI, QuizAPI, QuizzesAPI, SeatAPI
from apps.quizzes.api.reports import (
    GameAnswersAPI,
    GamePeopleAPI,
    GameQuestionsAPI,
    GamesAPI,
    TrainingPeopleAPI,
    TrainingQuestionsAPI,
)
from apps.quizzes.api.running import OpenAPI, PlayerAPI, PlayersAPI, PlayerTimeAPI, StepAPI, TimeAPI, ToRunAPI
from apps.quizzes.api.training import AttemptAPI, AttemptsAPI, HandInAPI, ReviewAPI, TaskAPI, TrainingsAPI
from apps.quizzes.api.wishing import TimeWishAPI

__all__ = [
    "AnswerAPI",
    "AttemptAPI",
    "AttemptsAPI",
    "DeskBankFileView",
    "DeskBankOrderView",
    "DeskBankQuestionView",
    "DeskBankQuestionsView",
    "DeskBankView",
    "DeskBanksView",
    "DeskQuizView",
    "DeskQuizzesView",
    "DeskTimesView",
    "GameAnswersAPI",
    "GamePeopleAPI",
    "GameQuestionsAPI",
    "GamesAPI",
    "HandInAPI",
    "OpenAPI",
    "PlayerAPI",
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
    "ToRunAPI",
    "TrainingPeopleAPI",
    "TrainingQuestionsAPI",
    "TrainingsAPI",
]
