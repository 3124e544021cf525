"""An organiser looks at their event as somebody else would: with that role, as nobody in particular, and only looking.

The organiser's own session says so, for one event and half an hour. It is asked of whoever runs the event at this very
moment, so it can only take rights away: each role that can be looked as opens less than an organiser's.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event, EventRole

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KEY = "preview"
LASTS = timedelta(minutes=30)
ROLES = {
    "visitor": permissions.NOBODY,
    "attendee": frozenset({permissions.ATTENDEE}),
    "speaker": frozenset({EventRole.Role.SPEAKER.value}),
    "exhibitor": frozenset({EventRole.Role.EXHIBITOR.value}),
    "moderator": frozenset({EventRole.Role.MODERATOR.value}),
}
WORDS: "dict[str, _StrPromise]" = {
    "visitor": _("a visitor"),
    "attendee": _("an attendee"),
    "speaker": _("a speaker"),
    "exhibitor": _("an exhibitor"),
    "moderator": _("a moderator"),
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Preview:
    """As whom the event is looked at."""

    name: str
    slug: str
    """The event's."""

    @property
    def words(self) -> "_StrPromise":
        return WORDS[self.name]

    @property
    def roles(self) -> frozenset[str]:
        return ROLES[self.name]

    @property
    def user(self) -> User | AnonymousUser:
        """Somebody with nothing: no row has this number, so nothing of anybody is theirs."""
        return User(pk=0, name=str(self.words)) if self.roles else AnonymousUser()


def begin(request: Any, event: Event, name: str) -> None:
    until = (clock.now() + LASTS).timestamp()
    request.session[KEY] = {"event": event.pk, "as": name, "until": until}


def end(request: Any) -> None:
    request.session.pop(KEY, None)


def preview_of(request: Any, event: Event, roles: frozenset[str]) -> Preview | None:
    """As whom this reader, who has these roles, looks at this event; None where they are themselves."""
    if permissions.ORGANISER not in roles:
        return None
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("event") != event.pk or kept.get("as") not in ROLES:
        return None
    return Preview(kept["as"], event.slug) if clock.now().timestamp() < kept.get("until", 0) else None


def look_only() -> Refused:
    return Refused(
        "preview.looks_only",
        _("You are only looking, so nothing was changed. End the preview to act again."),
        status=403,
    )


def closed() -> Refused:
    return Refused("preview.closed", _("They do not get in here."), status=403)
