"""Routes of polls."""

from django.urls import path, re_path

from apps.core.scopes import Area
from apps.events.doors.desk_calls import desk_routes
from apps.events.doors.desk_tables import table_routes
from apps.polls import api, views

app_name = "polls"
urlpatterns = [
    path("e/<slug:event>/polls/", views.AllView.as_view(), name="all"),
    path("e/<slug:event>/sessions/<slug:slug>/polls/all/", views.AllView.as_view(), name="all_session"),
    path("e/<slug:event>/polls/<int:poll>/", views.PollView.as_view(), name="poll"),
    path("e/<slug:event>/polls/<int:poll>/vote/", views.VoteView.as_view(), name="vote"),
    path("e/<slug:event>/polls/run/", views.RunView.as_view(), name="run"),
    path("e/<slug:event>/polls/run/template/", views.PrepareView.as_view(), name="prepare"),
    path("e/<slug:event>/sessions/<slug:slug>/polls/", views.RunSessionView.as_view(), name="run_session"),
    path("e/<slug:event>/polls/<int:poll>/run/", views.DeedView.as_view(), name="deed"),
    path("e/<slug:event>/polls/<int:poll>/words/", views.WordsView.as_view(), name="words"),
    path("e/<slug:event>/polls/<int:poll>/texts/", views.TextsView.as_view(), name="texts"),
    path("e/<slug:event>/polls/<int:poll>/reset/", views.ResetView.as_view(), name="reset"),
    path("e/<slug:event>/polls/<int:poll>/screen/", views.ScreenView.as_view(), name="screen"),
    re_path(
        r"^e/(?P<event>[-\w]+)/polls/(?P<poll>\d+)/export\.(?P<form>csv|xlsx)$",
        views.ExportView.as_view(),
        name="export",
    ),
]
api_urlpatterns = [
    path("events/<slug:event>/polls/", api.PollsAPI.as_view(), name="polls"),
    path("events/<slug:event>/sessions/<slug:slug>/polls/clock/", api.ClockAPI.as_view(), name="polls-clock"),
    path("events/<slug:event>/polls/<int:poll>/", api.PollAPI.as_view(), name="poll"),
    path("events/<slug:event>/polls/<int:poll>/answer/", api.AnswerAPI.as_view(), name="poll-answer"),
    path("events/<slug:event>/polls/<int:poll>/results/", api.ResultsAPI.as_view(), name="poll-results"),
    path("events/<slug:event>/polls/<int:poll>/run/", api.RunAPI.as_view(), name="poll-run"),
    path("events/<slug:event>/polls/<int:poll>/answers/", api.AnswersAPI.as_view(), name="poll-answers"),
    path("events/<slug:event>/polls/<int:poll>/words/", api.WordsAPI.as_view(), name="poll-words"),
    path("events/<slug:event>/polls/<int:poll>/texts/", api.TextsAPI.as_view(), name="poll-texts"),
    path("events/<slug:event>/polls/<int:poll>/template/", api.KeepAPI.as_view(), name="poll-keep"),
    path("events/<slug:event>/poll-templates/", api.TemplatesAPI.as_view(), name="poll-templates"),
    path("events/<slug:event>/poll-templates/<int:template>/", api.TemplateAPI.as_view(), name="poll-template"),
    path("events/<slug:event>/polls/<int:poll>/open/", api.OpenAPI.as_view(), name="poll-open"),
    path("events/<slug:event>/polls/<int:poll>/close/", api.CloseAPI.as_view(), name="poll-close"),
    *desk_routes(
        ("polls/<int:poll>/", api.DeskPollView, "poll"),
        ("poll-templates/<int:template>/", api.DeskTemplateView, "poll-template"),
    ),
    *table_routes(Area.POLLS, polls="polls.poll"),
]
