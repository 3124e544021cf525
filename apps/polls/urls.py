"""Routes of polls."""

from django.urls import path

from apps.polls import api, views

app_name = "polls"
urlpatterns = [
    path("e/<slug:event>/polls/<int:poll>/", views.PollView.as_view(), name="poll"),
    path("e/<slug:event>/polls/<int:poll>/vote/", views.VoteView.as_view(), name="vote"),
]
api_urlpatterns = [
    path("events/<slug:event>/polls/", api.PollsAPI.as_view(), name="polls"),
    path("events/<slug:event>/polls/<int:poll>/", api.PollAPI.as_view(), name="poll"),
    path("events/<slug:event>/polls/<int:poll>/answer/", api.AnswerAPI.as_view(), name="poll-answer"),
    path("events/<slug:event>/polls/<int:poll>/results/", api.ResultsAPI.as_view(), name="poll-results"),
    path("events/<slug:event>/polls/<int:poll>/open/", api.OpenAPI.as_view(), name="poll-open"),
    path("events/<slug:event>/polls/<int:poll>/close/", api.CloseAPI.as_view(), name="poll-close"),
]
