"""Signed tickets: one for a person's socket, one for coming back to it, one for an audience's feed.

A ticket is short-lived: it is for opening the socket, not for keeping it. A resume ticket is what the socket itself
gives its person, again and again while it stands: with it they come back after a break without asking anybody, to
what they were hearing. It is worth what the socket was, and ends with a revocation as the socket does. The feed's
token names no person, so that everybody with the same roles reads the same cacheable addresses; it has no end of its
own and goes stale when the event's epoch rises.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core import signing
from django.utils.translation import get_language

from apps.live.registry import Who

TICKET_SECONDS = 120
RESUME_SECONDS = 300
RESUME = "resume-"
"""How a resume ticket begins, so that one look tells which it is."""
MOST_RESUME_CHARS = 2000
"""It travels in a header; who hears more topics than fit asks for the others as if anew."""
APART = "apart"
"""Stands among the roles in an audience's token that is for people whom topics except: see `Topic.excepted`."""
PREVIEW = "preview"
"""Stands among the roles in the ticket of an organiser who looks as somebody else would: they hear, and do nothing."""
# A ticket travels as a WebSocket subprotocol, whose letters are those of an HTTP token: no colon.
_ticket = signing.TimestampSigner(sep=".", salt="plenary.live.ticket")
_resume = signing.TimestampSigner(sep=".", salt="plenary.live.resume")
_audience = signing.Signer(sep=".", salt="plenary.live.audience")


class StaleError(Exception):
    """The ticket is too old, or was not ours."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a ticket says: who its holder is, and which topics they were let in to before."""

    who: Who
    topics: frozenset[str] = frozenset()
    given_at: int = field(default=0, compare=False)
    """Of a resume ticket: when."""


def issue(*, event_id: int, user_id: int | None, name: str, roles: Iterable[str], epoch: int) -> str:
    """A ticket to open a socket within two minutes. Issue it only to somebody who may see the event.

    `epoch` is the event's `live_epoch`, read in this request. Refusals on the socket speak the language that is
    active now.
    """
    words = [event_id, user_id, name[:80], sorted(roles), epoch, get_language() or ""]
    return _ticket.sign_object(words)


def read(ticket: str) -> Who:
    """Who holds this ticket. Raises StaleError."""
    return _who(*_open(_ticket, ticket, TICKET_SECONDS, 6))


def issue_resume(who: Who, topics: Iterable[str]) -> str:
    """For the holder of a socket, who is joined to these topics."""
    chosen, room = [], MOST_RESUME_CHARS
    for topic in topics:
        room -= len(topic) + 3
        if room < 0:
            break
        chosen.append(topic)
    words = [who.event_id, who.user_id, who.name, sorted(who.roles), who.epoch, who.language, chosen]
    return RESUME + _resume.sign_object(words)


def read_pass(ticket: str) -> Pass:
    """What a ticket of either kind says. Raises StaleError."""
    if not ticket.startswith(RESUME):
        return Pass(read(ticket))
    *words, topics = _open(_resume, ticket.removeprefix(RESUME), RESUME_SECONDS, 7)
    return Pass(_who(*words), frozenset(topics), signing.b62_decode(ticket.rsplit(".", 2)[1]))


def _open(signer: signing.TimestampSigner, ticket: str, seconds: int, count: int) -> list[Any]:
    try:
        words: list[Any] = signer.unsign_object(ticket, max_age=seconds)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise StaleError from error
    if len(words) != count:
        raise StaleError("of another version")
    return words


def _who(event_id: int, user_id: int | None, name: str, roles: list[str], epoch: int, language: str) -> Who:
    return Who(user_id, event_id, name, shared(tuple(roles)), epoch, shared_text(language))


@lru_cache(maxsize=512)
def shared(roles: tuple[str, ...]) -> frozenset[str]:
    """One object for all who have these roles: a process holds thousands of people."""
    return frozenset(roles)


@lru_cache(maxsize=64)
def shared_text(word: str) -> str:
    return word


def issue_audience(*, event_id: int, roles: Iterable[str], epoch: int) -> str:
    """The token in the feed's addresses, `/e/<event>/feed/<token>/<topic>/<page>`; equal for equal audiences.
    For who is excepted somewhere (`excepted.anywhere`) `roles` hold APART as well."""
    return _audience.sign_object([event_id, sorted(roles), epoch])


def read_audience(token: str) -> Who:
    """The audience behind a feed's address, as somebody without a name. Raises StaleError."""
    try:
        event_id, roles, epoch = _audience.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise StaleError from error
    return Who(None, event_id, "", frozenset(roles), epoch)
