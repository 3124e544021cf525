"""Listens to what a request writes; the doors behind say whether somebody of the staff came in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.audit import context
from apps.audit.models import Entry

LOOKS = ("GET", "HEAD", "OPTIONS")


class AuditMiddleware:
    """Stands after what signs in and out, and around the view. Who is nobody is not listened to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES and "HTTP_AUTHORIZATION" not in request.META:
            return self.get_response(request)
        door, address = door_of(request.path_info), request.META.get("REMOTE_ADDR", "")
        with context.listening(door=door, address=address, only_looks=request.method in LOOKS):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.resolver_match is not None:
            context.set_place(request.resolver_match.view_name)


def door_of(path: str) -> str:
    if path.startswith("/admin/"):
        return Entry.Door.DESK
    return Entry.Door.API if path.startswith("/api/") else Entry.Door.PAGE
