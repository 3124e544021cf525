"""What a session opened by a join link may do, and how long: a link is weaker than a code or a password."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events import selectors
from apps.events.doors.linked import link_of

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
"""Where the ways of signing in are changed: who holds a forwarded mail must not make the account their own."""


class LinkSessionMiddleware:
    """Ends a session with the link that opened it, or when its person became one of the staff.

    Stands after authentication, and before anything that asks who is there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        link = link_of(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if link is not None and not selectors.link_still_holds(link):
            logout(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name not in OWNERS_ONLY or link_of(request) is None:
            return None
        refused = Refused(
            "link.only",
            _("You came in by the link of a mail. To change how you sign in, sign out, and come back with a code."),
            status=403,
        )
        return render(request, "events/refused.html", {"refused": refused}, status=refused.status)
