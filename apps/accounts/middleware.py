"""What a session may not do that an organisation's own service opened alone: change the ways into the account."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.accounts import doors

OWN_WAYS = frozenset(
    {
        "account_set_password",
        "mfa_activate_totp",
        "mfa_replace_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    }
)
"""A passkey or password outlives the session. Whoever runs a directory could come in as somebody, leave one there, and
use it on the day when that person runs what is another organisation's."""


class OwnProofMiddleware:
    """Asks for a mailed code first. Who has a second step here already shows that, which is as good."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name not in OWN_WAYS or not doors.came_by_connection_alone(request):
            return None
        return doors.ask_for_mailed_code(request, request.path)
