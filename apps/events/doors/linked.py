"""What a session may see that was opened by join links: the events of these links, and of any other what visitors see.

A mail is easily forwarded, so a link says who somebody is in its own event only. Whoever signs in by a code or a
password on that device is themselves everywhere.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.models import JoinLink

if TYPE_CHECKING:
    from apps.events.models import Event

KEY = "join_link"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOST_LINKS = 20
"""In one session: of somebody with places in more events, the links that were used last."""


def links_of(request: HttpRequest) -> list[int]:
    """The ids of the links that opened this session; none where a code or a password did."""
    found = request.session.get(KEY)
    kept = found if isinstance(found, list) else [found]
    return [pk for pk in kept if isinstance(pk, int)]


def enter_by(request: HttpRequest, link: JoinLink) -> None:
    """Signs the link's person in. Who is signed in as them already keeps the better session, and in one that other
    links opened this one counts as well."""
    held = links_of(request)
    if request.user.pk != link.holder.user_id:
        login(request, link.holder.user, backend=BACKEND)
        held = []
    elif not held:
        return
    request.session[KEY] = [*(pk for pk in held if pk != link.pk), link.pk][-MOST_LINKS:]


def opened_by_links(request: Any) -> frozenset[int] | None:
    """The numbers of the only events in which this session's person is themselves; None where that is everywhere.
    A call that brings a token does not come by the session."""
    if getattr(request, "auth", None) is not None:
        return None
    found: frozenset[int] | None = getattr(request, "link_events", None)
    return found


def is_away(request: Any, event: "Event") -> bool:
    """Whether the session was opened by links, and none of them is of this event."""
    events = opened_by_links(request)
    return events is not None and event.pk not in events


def who_is_in(request: Any, event: "Event") -> User | AnonymousUser:
    """Whom this event has before it: the session's person, or nobody where a link of another event opened it."""
    user: User | AnonymousUser = AnonymousUser() if is_away(request, event) else request.user
    return user


def owners_alone() -> Refused:
    return Refused(
        "link.only",
        _("You came in by the link of a mail. To change how you sign in, sign out, and come back with a code."),
        status=403,
    )


@receiver(user_logged_in)
def forget_links(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever proves themselves anew has a session of their own."""
    request.session.pop(KEY, None)
    request.link_events = None  # type: ignore[attr-defined]
