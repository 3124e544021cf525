"""The URL map: each app's own routes, the admin, and the API under /api/v1/."""

from importlib import import_module
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from apps.accounts.urls import second_factor_urlpatterns
from apps.accounts.views import OneAddress

ROOMS = (
    "core",
    "live",
    "intake",
    "accounts",
    "events",
    "notifications",
    "media",
    "chat",
    "tracks",
    "polls",
    "quizzes",
    "questions",
    "exhibitors",
    "venue",
)

pages: list[URLPattern | URLResolver] = []
calls: list[URLPattern | URLResolver] = []
for room in ROOMS:
    name = f"apps.{room}.urls"
    if find_spec(name) is None:
        continue
    pages.append(path("", include(name)))
    calls.extend(getattr(import_module(name), "api_urlpatterns", []))

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/email/", OneAddress.as_view(), name="account_email"),
    path("accounts/2fa/", include(second_factor_urlpatterns)),
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include((calls, "api"))),
    *pages,
]

handler400 = "apps.core.views.bad"
handler403 = "apps.core.views.refused"
handler404 = "apps.core.views.missing"
handler500 = "apps.core.views.broken"
