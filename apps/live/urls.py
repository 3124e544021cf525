"""Routes of the live engine's pages; its sockets and the feed are in `doors.py`."""

from django.urls import path

from apps.live import views

app_name = "live"
urlpatterns = [
    path("api/asyncapi/", views.protocol, name="protocol"),
    path("live/processes/", views.processes, name="processes"),
]
