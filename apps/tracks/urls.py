"""Routes of the agenda: pages, downloads, API."""

from django.urls import URLPattern, URLResolver

app_name = "tracks"
urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = []
