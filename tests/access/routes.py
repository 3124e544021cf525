"""Every route of the platform, and who may come in there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
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
# The desk's pages that name no object: whom they are for is not decided by one, so each stands here.
DESK = frozenset(
    f"admin:{name}"
    for name in (
        "search", "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
        "app_list", "", "events_registration_invite", "events_guests_template", "events_registration_import_guests",
        "events_event_look", "events_event_colours", "events_event_look_sheet",
        "tracks_scheduleimport_template",
        "tracks_session_arrange", "media_asset_trash", "media_asset_open_trash",
        *(
            f"{list_of}_{page}"
            for list_of in (
                "events_ticketkind", "events_invitationcode", "events_question", "events_memberinvitation",
                "events_eventrole", "tracks_speaker", "exhibitors_booth",
            )
            for page in ("file", "sheet", "by_file")
        ),
    )
)  # fmt: skip
LIST_AND_ADD = ("_changelist", "_add")
EVENT_BOUND = frozenset(Access) - {Access.ANYONE, Access.SIGNED_IN, Access.PLATFORM_STAFF}


METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    parameters: tuple[str, ...]
    access: Access | None
    view: Any

    @property
    def methods(self) -> frozenset[str]:
        return _methods(self.view)

    @property
    def may_take(self) -> frozenset[str]:
        """The methods that are worth asking by: of a function nobody can say which it does not have."""
        return self.methods if _says_its_methods(self.view) else frozenset(METHODS)

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
            yield Route(name, pattern, found, _access(entry, name, found), entry.callback)
        else:
            yield from _walk(entry, pattern, (*spaces, entry.namespace) if entry.namespace else spaces)


def _access(entry: URLPattern, name: str, parameters: tuple[str, ...]) -> Access | None:
    if name.startswith("admin:"):
        # What names an object, and the list and the new one of a model, test_desk asks for as a stranger.
        asked = {"pk", "object_id"} & {*parameters} or name in DESK or name in _lists_and_adds()
        return Access.PLATFORM_STAFF if asked else None
    view = _view(entry.callback)
    declared = getattr(view, "access", None)
    return declared if isinstance(declared, Access) else ACCOUNT.get(name)


def _lists_and_adds() -> set[str]:
    models = [model._meta for model in admin.site._registry]
    return {f"admin:{meta.app_label}_{meta.model_name}{kind}" for meta in models for kind in LIST_AND_ADD}


def _view(callback: Any) -> Any:
    return getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback


def _says_its_methods(callback: Any) -> bool:
    return isinstance(_view(callback), type)


def _methods(callback: Any) -> frozenset[str]:
    """The methods that a view takes; a function may take any of the two that forms know."""
    actions = getattr(callback, "actions", None)
    if actions:
        return frozenset(actions) & frozenset(METHODS)
    view = _view(callback)
    if not _says_its_methods(callback):
        return frozenset(("get", "post"))
    named = getattr(callback, "view_initkwargs", {}).get("http_method_names", view.http_method_names)
    return frozenset(method for method in METHODS if method in named and hasattr(view, method))
