"""Signed tickets: one for a person's socket, one for an audience's feed.

A ticket is short-lived: it is for opening the socket, not for keeping it. The feed's token names no person, so
that everybody with the same roles reads the same cacheable addresses; it has no end of its own and goes stale
when the event's epoch rises.
"""

from collections.abc import Iterable

from django.core import signing
from django.utils.translation import get_language

from apps.live.registry import Who

TICKET_SECONDS = 120
# A ticket travels as a WebSocket subprotocol, whose letters are those of an HTTP token: no colon.
_ticket = signing.TimestampSigner(sep=".", salt="plenary.live.ticket")
_audience = signing.Signer(sep=".", salt="plenary.live.audience")


class StaleError(Exception):
    """The ticket is too old, or was not ours."""


def issue(*, event_id: int, user_id: int | None, name: str, roles: Iterable[str], epoch: int) -> str:
    """A ticket to open a socket within two minutes. Issue it only to somebody who may see the event.

    `epoch` is the event's `live_epoch`, read in this request. Refusals on the socket speak the language that is
    active now.
    """
    words = [event_id, user_id, name[:80], sorted(roles), epoch, get_language() or ""]
    return _ticket.sign_object(words)


def read(ticket: str) -> Who:
    """Who holds this ticket. Raises StaleError."""
    try:
        event_id, user_id, name, roles, epoch, language = _ticket.unsign_object(ticket, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise StaleError from error
    return Who(user_id, event_id, name, frozenset(roles), epoch, language)


def issue_audience(*, event_id: int, roles: Iterable[str], epoch: int) -> str:
    """The token in the feed's addresses, `/e/<event>/feed/<token>/<topic>/<page>`; equal for equal audiences."""
    return _audience.sign_object([event_id, sorted(roles), epoch])


def read_audience(token: str) -> Who:
    """The audience behind a feed's address, as somebody without a name. Raises StaleError."""
    try:
        event_id, roles, epoch = _audience.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise StaleError from error
    return Who(None, event_id, "", frozenset(roles), epoch)
