"""Routes of questions."""

from django.urls import path

from apps.core import sheets
from apps.core.scopes import Area
from apps.events.doors.desk_tables import table_routes
from apps.questions import api, views

app_name = "questions"
SESSION = "e/<slug:event>/sessions/<slug:slug>/questions/"
QUESTION = "e/<slug:event>/questions/<int:question>/"
urlpatterns = [
    path(SESSION, views.QuestionsView.as_view(), name="list"),
    path(f"{SESSION}ask/", views.AskView.as_view(), name="ask"),
    path(f"{SESSION}mails/", views.MailsView.as_view(), name="mails"),
    path(f"{SESSION}desk/", views.DeskView.as_view(), name="desk"),
    path(f"{SESSION}rules/", views.RulesView.as_view(), name="rules"),
    path(f"{SESSION}lectern/", views.LecternView.as_view(), name="lectern"),
    path(f"{SESSION}next/", views.NextView.as_view(), name="next"),
    path(f"{SESSION}screen/", views.ScreenView.as_view(), name="screen"),
    path(f"{SESSION}export.csv", views.ExportView.as_view(), name="export"),
    path(f"{SESSION}export.xlsx", views.ExportView.as_view(suffix="xlsx", kind=sheets.KIND), name="export-xlsx"),
    path(f"{QUESTION}vote/", views.VoteView.as_view(), name="vote"),
    path(f"{QUESTION}follow/", views.FollowView.as_view(), name="follow"),
    path(f"{QUESTION}withdraw/", views.WithdrawView.as_view(), name="withdraw"),
    path(f"{QUESTION}move/", views.MoveView.as_view(), name="move"),
    path(f"{QUESTION}reply/", views.ReplyView.as_view(), name="reply"),
    path(f"{QUESTION}tags/", views.TagsView.as_view(), name="tags"),
    path(f"{QUESTION}merge/", views.MergeView.as_view(), name="merge"),
    path(f"{QUESTION}split/", views.SplitView.as_view(), name="split"),
]
API_SESSION = "events/<slug:event>/sessions/<slug:slug>/questions/"
API_QUESTION = "events/<slug:event>/questions/<int:question>/"
api_urlpatterns = [
    path("events/<slug:event>/questions/", api.AllAPI.as_view(), name="questions-all"),
    path(API_SESSION, api.QuestionsAPI.as_view(), name="questions"),
    path(f"{API_SESSION}clock/", api.ClockAPI.as_view(), name="questions-clock"),
    path(f"{API_SESSION}similar/", api.SimilarAPI.as_view(), name="questions-similar"),
    path(f"{API_SESSION}rules/", api.RulesAPI.as_view(), name="questions-rules"),
    path(f"{API_SESSION}export/", api.ExportAPI.as_view(), name="questions-export"),
    path(f"{API_SESSION}next/", api.NextAPI.as_view(), name="questions-next"),
    path(API_QUESTION, api.QuestionAPI.as_view(), name="question"),
    path(f"{API_QUESTION}vote/", api.VoteAPI.as_view(), name="question-vote"),
    path(f"{API_QUESTION}follow/", api.FollowAPI.as_view(), name="question-follow"),
    path(f"{API_QUESTION}move/", api.MoveAPI.as_view(), name="question-move"),
    path(f"{API_QUESTION}reply/", api.ReplyAPI.as_view(), name="question-reply"),
    path(f"{API_QUESTION}tags/", api.TagsAPI.as_view(), name="question-tags"),
    path(f"{API_QUESTION}merge/", api.MergeAPI.as_view(), name="question-merge"),
    *table_routes(Area.QUESTIONS, questions="questions.question", boards="questions.board"),
]
