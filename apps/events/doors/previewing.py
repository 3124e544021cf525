"""An organiser looks at their event as somebody else would: with that role or ticket, as nobody in particular, and only
looking.

The organiser's own session says so, for one event and half an hour. It is asked of whoever runs the event at this very
moment, so it can only take rights away: each role that can be looked as opens less than an organiser's.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.text import Truncator
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.access import TICKET
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.models import Event, EventRole, TicketKind

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
MOST_TICKETS = 30
MOST_DIGITS = 18
MOST_NAME = 50
"""The bar that says so lies over the page, on phones too."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Preview:
    """As whom the event is looked at."""

    name: str
    """One of ROLES, or `ticket/7`."""
    slug: str
    """The event's."""
    ticket: TicketKind | None = None

    @property
    def words(self) -> str:
        return _with(self.ticket) if self.ticket else str(WORDS[self.name])

    @property
    def roles(self) -> frozenset[str]:
        return permissions.roles_with(self.ticket) if self.ticket else ROLES[self.name]

    @property
    def user(self) -> User | AnonymousUser:
        """Somebody with nothing: no row has this number, so nothing of anybody is theirs."""
        return User(pk=0, name=self.words) if self.roles else AnonymousUser()


def as_whom(event: Event, name: object) -> Preview | None:
    """None where it is no role to look as, and no ticket of this event."""
    if not isinstance(name, str):
        return None
    if name in ROLES:
        return Preview(name, event.slug)
    kind, _slash, number = name.partition("/")
    if f"{kind}/" != TICKET or not number.isdecimal() or len(number) > MOST_DIGITS:
        return None
    ticket = event.tickets.filter(pk=int(number)).first()
    return Preview(name, event.slug, ticket) if ticket else None


def offered(event: Event) -> list[tuple[str, str]]:
    """As whom it can be looked at, with words for each."""
    roles = [(name, str(words)) for name, words in WORDS.items()]
    return [*roles, *((f"{TICKET}{ticket.pk}", _with(ticket)) for ticket in event.tickets.all()[:MOST_TICKETS])]


def _with(ticket: TicketKind) -> str:
    return translated("somebody with the ticket “%(ticket)s”") % {"ticket": Truncator(str(ticket)).chars(MOST_NAME)}


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
    if not isinstance(kept, dict) or kept.get("event") != event.pk or clock.now().timestamp() >= kept.get("until", 0):
        return None
    return as_whom(event, kept.get("as"))


def look_only() -> Refused:
    return Refused(
        "preview.looks_only",
        _("You are only looking, so nothing was changed. End the preview to act again."),
        status=403,
    )


def closed() -> Refused:
    return Refused("preview.closed", _("They do not get in here."), status=403)
