"""Routes of the platform itself."""

from django.urls import path

from apps.core import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("preferences/", views.preferences, name="preferences"),
    path("ui/", views.components, name="components"),
]
