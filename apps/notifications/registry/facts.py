"""What webhooks are told: the kinds of facts, and the shape of each. Higher rooms register theirs.

A shape only ever grows: a field that is there stays and keeps its meaning. What would break that raises
`telling.VERSION`. People are named by their place and address, and by nothing else that they did not give to everybody.
"""

from collections.abc import Callable
from typing import NamedTuple, TypedDict, TypeVar

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event

TEST = "webhook.test"
"""Sent when an organiser tries a webhook; nobody chooses it."""


class Fact(NamedTuple):
    kind: str
    Data: type[msgspec.Struct]
    words: Promise


class OfEvent(TypedDict):
    """Which event it happened in; stands in the data of every fact."""

    id: int
    slug: str


FACTS: dict[str, Fact] = {}
_by_type: dict[type[msgspec.Struct], Fact] = {}
T = TypeVar("T", bound=type[msgspec.Struct])


def register(kind: str, words: Promise) -> Callable[[T], T]:
    """`kind` is noun and past tense: `poll.closed`. `words` end the sentence "Tell it when …"."""

    def add(data: T) -> T:
        FACTS[kind] = _by_type[data] = Fact(kind, data, words)
        return data

    return add


def of(data: msgspec.Struct) -> Fact:
    return _by_type[type(data)]


def of_event(event: Event) -> OfEvent:
    return {"id": event.pk, "slug": event.slug}


def choices() -> list[tuple[str, Promise]]:
    return [(fact.kind, fact.words) for fact in sorted(FACTS.values())]


class _Place(msgspec.Struct):
    registration: int
    email: str
    at: str


@register("registration.created", _("somebody got a place"))
class Registered(_Place):
    """Somebody has a place: they registered, or were invited."""


@register("registration.cancelled", _("somebody’s place was cancelled"))
class Cancelled(_Place):
    """A place was given back, or taken."""


@register("registration.joined", _("somebody came in for the first time"))
class Joined(_Place):
    """Somebody opened the event for the first time."""


@register("registration.requested", _("somebody asked for a place and waits for your yes"))
class Requested(_Place):
    """A wish waits for a decision: a new one, or one whose no was taken back."""


@register("registration.waitlisted", _("somebody came on the waiting list"))
class Waitlisted(_Place):
    """All places are taken; `registration.created` follows when one is free."""


@register("registration.declined", _("somebody was told no"))
class Declined(_Place):
    """The organisers said no to a wish; the word to its person is not told."""


class _State(msgspec.Struct):
    state: str
    at: str


@register("event.published", _("the event was published"))
class Published(_State):
    """The event's pages are shown, and registration is open."""


@register("event.live", _("the doors were opened"))
class Live(_State):
    """The event is live."""


@register("event.ended", _("the event ended"))
class Ended(_State):
    """The event was ended by its organisers."""


@register("event.archived", _("the event was archived"))
class Archived(_State):
    """Only its own people still see the event."""


@register("event.withdrawn", _("the event was taken back to draft"))
class Withdrawn(_State):
    """The event is a draft again, and nobody else sees it."""


@register("announcement.made", _("something was announced"))
class Announced(msgspec.Struct):
    """The organisers said something to everybody; `text` is by language."""

    announcement: int
    text: dict[str, str]
    at: str
