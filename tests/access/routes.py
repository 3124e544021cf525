"""Every route of the platform, and who may come in there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from apps.core.access import Access

# Routes of libraries carry no classification of ours, so it stands here; ours carry `access` themselves.
ACCOUNT = {
    "account_login": Access.ANYONE,
    "account_logout": Access.ANYONE,
    "account_inactive": Access.ANYONE,
    "account_signup": Access.ANYONE,
    "account_reauthenticate": Access.SIGNED_IN,
    "account_email": Access.SIGNED_IN,
    "account_email_verification_sent": Access.ANYONE,
    "account_change_password": Access.SIGNED_IN,
    "account_set_password": Access.SIGNED_IN,
    "account_reset_password": Access.ANYONE,
    "account_confirm_login_code": Access.ANYONE,
    "account_confirm_email": Access.ANYONE,
    "account_reset_password_from_key_done": Access.ANYONE,
    "account_reset_password_from_key": Access.ANYONE,
    "account_reset_password_done": Access.ANYONE,
    "account_request_login_code": Access.ANYONE,
}
EVENT_BOUND = frozenset(Access) - {Access.ANYONE, Access.SIGNED_IN, Access.PLATFORM_STAFF}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    parameters: tuple[str, ...]
    access: Access | None
    view: Any

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:")

    @property
    def room(self) -> str:
        """`tracks` for tracks:agenda; `api chat` for api:chat-room."""
        space, _colon, name = self.name.partition(":")
        return f"api {re.split('[-_]', name)[0]}" if space == "api" else space

    def __str__(self) -> str:
        return f"{self.name} /{self.pattern}"


def every_route() -> list[Route]:
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join([*spaces, entry.name or ""])
            found = tuple(entry.pattern.regex.groupindex)
            yield Route(name, pattern, found, _access(entry, name), entry.callback)
        else:
            yield from _walk(entry, pattern, (*spaces, entry.namespace) if entry.namespace else spaces)


def _access(entry: URLPattern, name: str) -> Access | None:
    if name.startswith("admin:"):
        return Access.PLATFORM_STAFF
    view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None) or entry.callback
    declared = getattr(view, "access", None)
    return declared if isinstance(declared, Access) else ACCOUNT.get(name)
