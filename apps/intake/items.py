"""What goes into the queue, what comes out, and what its owner answers for."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Item:
    """Something a person sent that must not be lost: the newest word of one `key` behind one `gate`.

    Of items with the same kind, gate and key the highest revision wins, whatever the order or number of their
    arrivals. `body` is JSON. `at` is None until the queue has taken it: then it says when.
    """

    kind: str
    """Whose handler applies it: `polls.answer`."""
    gate: str
    """What must be open to take it, in its owner's words: `poll/9/2`, the poll's second round."""
    key: str
    """Who sent it, within the gate."""
    revision: int
    body: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    mark: str = ""
    """What the gate must have as its own mark to take it, where its key means something else after a reopening. It is
    asked for when the item comes in, and kept nowhere."""


LONGEST_KIND, LONGEST_NAME = 60, 120
"""Characters that are kept of a kind, and of a gate or key."""
MOST_REVISION = 2**63 - 1


def sound(item: Item, written: str) -> Item:
    """The item, if it fits where it is to be kept. A ValueError where it does not: nobody of ours wrote it. `written`
    is what its body was read from."""
    if not 0 <= item.revision <= MOST_REVISION:
        raise ValueError("A revision that no column holds.")
    if len(item.kind) > LONGEST_KIND or len(item.gate) > LONGEST_NAME or len(item.key) > LONGEST_NAME:
        raise ValueError("A name that no column holds.")
    if "\\ud" in written.lower():  # perhaps half of a character, which JSON can spell and no database takes
        spelled = json.dumps([item.kind, item.gate, item.key, item.body], ensure_ascii=False)
        spelled.encode()
    return item


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for an item's key now. A smaller revision than the item's own cannot be; a greater one won."""

    revision: int
    body: dict[str, Any]


Outcome = Standing | Refused


@dataclass(frozen=True, slots=True)
class Gate:
    """What its owner says of a gate: the truth in the database, from which a lost gate is rebuilt."""

    event_id: int
    open: bool
    since: datetime | None = None
    """It opens by itself then, by the queue's clock; whoever comes earlier is told so."""
    until: datetime | None = None
    """It closes by itself then, by the queue's clock."""
    once: bool = False
    """The first word of a key stands; another one is refused."""
    mark: str = ""
    """Changes only while the gate is closed: see `Item.mark`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database holds behind a gate: how many keys, and the sums of their tallies."""

    keys: int = 0
    tally: Mapping[str, int] = field(default_factory=dict)


class Why(StrEnum):
    CLOSED = "closed"
    """The gate is not open (yet, or any more)."""
    EARLY = "early"
    """It opens by itself, and its time has not come by the queue's clock."""
    SETTLED = "settled"
    """This key's word stands, and another one is not taken."""
    REOPENED = "reopened"
    """The gate was closed and opened again since the item was made, and its key holds no more."""


class Owner(ABC):
    """What an app answers for its kind of item; it registers one in its `receivers.py`.

    Only `apply` is needed. An owner without gates takes items at any time.
    """

    kind: ClassVar[str]

    @abstractmethod
    def apply(self, items: Sequence[Item]) -> Sequence[Outcome]:
        """Writes a batch in one transaction and says for each item, in order, what stands now.

        It must be idempotent (unique constraints, ON CONFLICT): an item may come again. An item without `at` is
        not accepted yet, and the owner decides, under a lock, whether its gate is open and has its mark. One with `at`
        was acknowledged then, by the gate, and counts whatever has happened to the gate since.
        """

    def gates(self, names: Sequence[str]) -> Mapping[str, Gate]:
        """These gates as the database has them; missing ones do not exist.

        Called in a transaction. It must hold, until that ends, what whoever closes one of them must hold (a share
        of the row's lock): so that a gate cannot be closed while it is being opened from what was read.
        """
        return {name: Gate(event_id=0, open=True) for name in names}

    def counts(self, gate: str) -> Counts:
        """What the database holds behind the gate."""
        return Counts()

    def standing(self, gate: str, keys: Iterable[str]) -> Mapping[str, Standing]:
        """What the database holds of these keys."""
        return {}

    def tally(self, body: Mapping[str, Any]) -> Mapping[str, int]:
        """What a body adds to the gate's counters; names without spaces, commas and equals signs."""
        return {}

    def refusal(self, gate: str, why: Why) -> Refused:
        return Refused("intake.closed", _("This is closed. What you sent came too late and was not counted."))

    def title(self, gate: str) -> str:
        """What the gate is of, in words for an organiser."""
        return gate

    def hides_time(self, gate: str) -> bool:
        """Whether what is kept of its items must not tell when they came."""
        return False

    def changed(self, gates: Iterable[str]) -> None:  # noqa: B027 - most have nothing to do
        """The counters of these gates have moved by other means than an accepted item: tell whoever shows them."""


_owners: dict[str, Owner] = {}


def register(owner: Owner) -> None:
    _owners[owner.kind] = owner


def owner_of(kind: str) -> Owner:
    return _owners[kind]
