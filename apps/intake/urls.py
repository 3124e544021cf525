"""The intake's page for those who run the platform, and its figures for their instruments."""

from django.urls import path

from apps.intake import views

app_name = "intake"
urlpatterns = [
    path("live/intake/", views.health, name="health"),
    path("metrics", views.figures, name="metrics"),
]
