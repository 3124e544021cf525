"""Routes of quizzes."""

from django.urls import path, re_path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.quizzes import api, views

app_name = "quizzes"
urlpatterns = [
    path("e/<slug:event>/quizzes/", views.QuizzesView.as_view(), name="list"),
    path("e/<slug:event>/quizzes/template.csv", views.TemplateView.as_view(), name="template"),
    path("e/<slug:event>/quizzes/<int:quiz>/", views.QuizView.as_view(), name="quiz"),
    path("e/<slug:event>/quizzes/<int:quiz>/join/", views.JoinView.as_view(), name="join"),
    path("e/<slug:event>/quizzes/<int:quiz>/answer/", views.AnswerView.as_view(), name="answer"),
    path("e/<slug:event>/quizzes/<int:quiz>/time/", views.TimeView.as_view(), name="time"),
    path("e/<slug:event>/quizzes/<int:quiz>/host/", views.HostView.as_view(), name="host"),
    path("e/<slug:event>/quizzes/<int:quiz>/open/", views.OpenView.as_view(), name="open"),
    path("e/<slug:event>/quizzes/<int:quiz>/step/", views.StepView.as_view(), name="step"),
    path("e/<slug:event>/quizzes/<int:quiz>/seats/", views.SeatView.as_view(), name="seat"),
    path("e/<slug:event>/quizzes/<int:quiz>/screen/", views.ScreenView.as_view(), name="screen"),
    path("e/<slug:event>/quizzes/<int:quiz>/training/", views.TrainingView.as_view(), name="training"),
    path(
        "e/<slug:event>/quizzes/<int:quiz>/training/<int:number>/<int:position>/",
        views.TaskView.as_view(),
        name="task",
    ),
    path(
        "e/<slug:event>/quizzes/<int:quiz>/training/<int:number>/hand-in/",
        views.HandInView.as_view(),
        name="hand_in",
    ),
    path("e/<slug:event>/quizzes/<int:quiz>/training/<int:number>/review/", views.ReviewView.as_view(), name="review"),
    re_path(
        r"^e/(?P<event>[-\w]+)/quizzes/(?P<quiz>\d+)/report/(?P<by>questions|people|answers)\.(?P<form>csv|xlsx)$",
        views.ReportView.as_view(),
        name="report",
    ),
]
API_GAME = "events/<slug:event>/quizzes/<int:quiz>/games/<int:game>/"
BANK = "banks/<int:bank>/"
api_urlpatterns = [
    path("events/<slug:event>/quizzes/", api.QuizzesAPI.as_view(), name="quizzes"),
    path("events/<slug:event>/quizzes/to-run/", api.ToRunAPI.as_view(), name="quizzes-to-run"),
    path("events/<slug:event>/quizzes/<int:quiz>/", api.QuizAPI.as_view(), name="quiz"),
    path("events/<slug:event>/quizzes/<int:quiz>/seat/", api.SeatAPI.as_view(), name="quiz-seat"),
    path("events/<slug:event>/quizzes/<int:quiz>/answer/", api.AnswerAPI.as_view(), name="quiz-answer"),
    path("events/<slug:event>/quizzes/<int:quiz>/time/", api.TimeWishAPI.as_view(), name="quiz-ask-time"),
    path("events/<slug:event>/quizzes/<int:quiz>/open/", api.OpenAPI.as_view(), name="quiz-open"),
    path("events/<slug:event>/quizzes/<int:quiz>/step/", api.StepAPI.as_view(), name="quiz-step"),
    path("events/<slug:event>/quizzes/<int:quiz>/players/", api.PlayersAPI.as_view(), name="quiz-players"),
    path("events/<slug:event>/quizzes/<int:quiz>/players/<int:person>/", api.PlayerAPI.as_view(), name="quiz-player"),
    path(
        "events/<slug:event>/quizzes/<int:quiz>/players/<int:person>/time/",
        api.PlayerTimeAPI.as_view(),
        name="quiz-player-time",
    ),
    path("events/<slug:event>/quizzes/<int:quiz>/games/", api.GamesAPI.as_view(), name="quiz-games"),
    path(f"{API_GAME}questions/", api.GameQuestionsAPI.as_view(), name="quiz-game-questions"),
    path(f"{API_GAME}people/", api.GamePeopleAPI.as_view(), name="quiz-game-people"),
    path(f"{API_GAME}answers/", api.GameAnswersAPI.as_view(), name="quiz-game-answers"),
    path("events/<slug:event>/quizzes/<int:quiz>/attempts/", api.TrainingPeopleAPI.as_view(), name="quiz-attempts"),
    path(
        "events/<slug:event>/quizzes/<int:quiz>/attempts/questions/",
        api.TrainingQuestionsAPI.as_view(),
        name="quiz-attempt-questions",
    ),
    path("events/<slug:event>/trainings/", api.TrainingsAPI.as_view(), name="trainings"),
    path("events/<slug:event>/trainings/<int:training>/attempts/", api.AttemptsAPI.as_view(), name="training-attempts"),
    path(
        "events/<slug:event>/trainings/<int:training>/attempts/<int:number>/",
        api.AttemptAPI.as_view(),
        name="training-attempt",
    ),
    path(
        "events/<slug:event>/trainings/<int:training>/attempts/<int:number>/answers/<int:position>/",
        api.TaskAPI.as_view(),
        name="training-answer",
    ),
    path(
        "events/<slug:event>/trainings/<int:training>/attempts/<int:number>/hand-in/",
        api.HandInAPI.as_view(),
        name="training-hand-in",
    ),
    path(
        "events/<slug:event>/trainings/<int:training>/attempts/<int:number>/review/",
        api.ReviewAPI.as_view(),
        name="training-review",
    ),
    path("events/<slug:event>/quizzes/times/<int:person>/", api.TimeAPI.as_view(), name="quiz-time"),
    *desk_routes(
        ("banks/", api.DeskBanksView, "banks"),
        (BANK, api.DeskBankView, "bank"),
        (f"{BANK}file/", api.DeskBankFileView, "bank-file"),
        (f"{BANK}order/", api.DeskBankOrderView, "bank-order"),
        (f"{BANK}questions/", api.DeskBankQuestionsView, "bank-questions"),
        (f"{BANK}questions/<int:question>/", api.DeskBankQuestionView, "bank-question"),
        ("quizzes/", api.DeskQuizzesView, "quizzes"),
        ("quizzes/<int:quiz>/", api.DeskQuizView, "quiz"),
        ("quiz-times/", api.DeskTimesView, "quiz-times"),
    ),
    *table_routes(
        Area.BANKS,
        banks="quizzes.bank",
        bank_questions="quizzes.question",
        quizzes="quizzes.quiz",
        quiz_times="quizzes.allowance",
    ),
]
