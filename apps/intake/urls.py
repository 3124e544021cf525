"""The intake's one page, for those who run the platform."""

from django.urls import path

from apps.intake import views

app_name = "intake"
urlpatterns = [path("live/intake/", views.health, name="health")]
