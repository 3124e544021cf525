"""Routes of the pages that are made of many rooms."""

from django.urls import path

from apps.venue import api, views

app_name = "venue"
urlpatterns = [
    path("e/<slug:event>/", views.Landing.as_view(), name="landing"),
    path("e/<slug:event>/lobby/", views.Lobby.as_view(), name="lobby"),
    path("e/<slug:event>/next/", views.Next.as_view(), name="next"),
    path("e/<slug:event>/sessions/<slug:slug>/", views.SessionPage.as_view(), name="session"),
    path("e/<slug:event>/control/", views.Control.as_view(), name="control"),
    path("e/<slug:event>/control/announce/", views.Announce.as_view(), name="announce"),
    path("e/<slug:event>/control/announce/<int:announcement>/off/", views.CallOff.as_view(), name="call_off"),
]
api_urlpatterns = [path("events/<slug:event>/next/", api.NextAPI.as_view(), name="event-next")]
