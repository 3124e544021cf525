"""What a session opened by join links may do, and how long: a link is weaker than a code or a password."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from apps.events import selectors
from apps.events.doors.linked import links_of, opened_by_links, owners_alone

OWNERS_ONLY = frozenset(
    {
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "account_confirm_email",
        "data",
        "devices",
        "leave",
        "own_data",
        "organisations",
        "found_organisation",
        "member_invitation",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_replace_totp",
        "mfa_deactivate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "tokens",
    }
)
"""Where the ways of signing in are changed: who holds a forwarded mail must not make the account their own, nor be made
one of the staff in their name."""
ENTRANCES = frozenset(
    {
        "signin",
        "account_login",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_reset_password",
        "account_reset_password_from_key",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)
"""Where somebody signs in. Whom a link let in is nobody there yet: else these pages would send them back at once."""


class LinkSessionMiddleware:
    """Ends a session with the last of the links that opened it, or when its person became one of the staff; says in
    which events it counts (`doors.linked`).

    Stands after authentication, and before anything that asks who is there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        links = links_of(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else []
        if links:
            request.link_events = selectors.events_opened_by(links)  # type: ignore[attr-defined]
            if not opened_by_links(request):
                logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or opened_by_links(request) is None:
            return None
        if match.url_name in ENTRANCES:
            request.user = AnonymousUser()
        if match.url_name not in OWNERS_ONLY or match.namespace == "api":  # calls refuse it by `OneselfAlone`
            return None
        refused = owners_alone()
        return render(request, "events/refused.html", {"refused": refused}, status=refused.status)
