"""How a program comes in: `Authorization: Bearer pln_…`. It counts as the token's person, for what its scopes name."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from apps.accounts import selectors, services
from apps.accounts.models import ApiToken, User
from apps.core import scopes

KEYWORD = b"bearer"
MOST_BYTES = 200


class Bearer(BaseAuthentication):
    """Stands first: who brings a token is not asked for a session, nor for a CSRF token, and does not fall back to one.

    What the token may do is asked here and not by a permission, since views choose their own permissions: so no call is
    open to tokens that does not say its area.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _space, secret = get_authorization_header(request).strip().partition(b" ")
        if keyword.lower() != KEYWORD:
            return None
        said = secret.strip()[:MOST_BYTES].decode("ascii", "replace")
        token = selectors.token_by_secret(said)
        if token is None:
            raise AuthenticationFailed(
                _("This token is not known, or its time is over. Make a new one at /tokens/."), code="token.invalid"
            )
        self._check(token, request)
        services.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Plenary"'

    def _check(self, token: ApiToken, request: Request) -> None:
        view: Any = (request.parser_context or {}).get("view")
        area = getattr(view, "area", None)
        scope = scopes.needed(area, request.method or "") if area else ""
        if scope not in token.scopes:
            missing = _("This token may not do this: it lacks the scope %(scope)s.") % {"scope": scope}
            raise PermissionDenied(missing if scope else _("No token opens this."), code="token.scope")
        is_of_event = "event" in view.kwargs or getattr(view, "narrows_by_token", False)
        if token.event_id is not None and not is_of_event:
            raise PermissionDenied(_("This token is for one event alone."), code="token.event")


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says it in the API's description, with the scope that a call needs."""

    target_class = Bearer
    name = "token"

    def get_security_requirement(self, auto_schema: Any) -> Any:
        area = getattr(auto_schema.view, "area", None)
        return {"token": [scopes.needed(area, auto_schema.method)]} if area else None

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = "A token that a person made at /tokens/. Each call names the scope that it needs."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pln_…", "description": words}
