"""Reads of a green room: who is in it, who may come, and the ticket with which a page opens its media socket."""

from django.core import signing
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.events.permissions import roles_of
from apps.media import broadcasts, permissions, registry
from apps.media.models import Stream

MOST_CONTRIBUTORS = 8
"""In one green room at a time: each costs a core's part, on stage or not."""
TICKET_SECONDS = 60
_tickets = signing.TimestampSigner(salt="plenary.media.contribution")


def green_room(event_id: int, stream_id: int) -> broadcasts.GreenRoom | None:
    """None where the event has no such stream."""
    stream = Stream.objects.filter(event_id=event_id, pk=stream_id).first()
    if stream is None:
        return None
    rows = stream.contributions.select_related("person").order_by("came_at", "pk")
    return broadcasts.green_room(stream, list(rows[: 2 * MOST_CONTRIBUTORS]))


def may_look_into(event_id: int, stream_id: int, user_id: int | None, roles: frozenset[str]) -> bool:
    """Whether there is such a green room, and somebody may know who is in it."""
    stream = Stream.objects.filter(event_id=event_id, pk=stream_id).first()
    if stream is None:
        return False
    if permissions.can_run_streams(roles):
        return True
    return user_id is not None and registry.may_contribute(stream, user_id, roles)


def contribution_ticket(stream: Stream, user: User) -> str:
    """To open the media socket within a minute. Raises `Refused`."""
    check_contributes(stream, user)
    return _tickets.sign_object([stream.pk, user.pk])


def read_contribution_ticket(ticket: str) -> tuple[Stream, User]:
    """Raises `Refused` for one that is too old or not ours, and where either has gone since."""
    try:
        stream_id, user_id = _tickets.unsign_object(ticket, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise _no_ticket() from error
    stream = Stream.objects.select_related("event").filter(pk=stream_id).first()
    user = User.objects.filter(pk=user_id).first()
    if stream is None or user is None:
        raise _no_ticket()
    return stream, user


def check_contributes(stream: Stream, user: User) -> None:
    """Raises `Refused` where somebody may not (any more) bring their picture."""
    if stream.state == Stream.State.ENDED:
        raise Refused("stream.ended", _("This stream has ended already."), status=403)
    if not registry.may_contribute(stream, user.pk, roles_of(user, stream.event)):
        raise Refused("contribution.denied", _("The green room is for the session’s speakers."), status=403)


def _no_ticket() -> Refused:
    return Refused("contribution.ticket", _("This took too long. Please try once more."), status=403)
