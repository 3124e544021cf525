"""What goes into the queue, what comes out, and who applies it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands for an item's key now. A smaller revision than the item's own cannot be; a greater one won."""

    revision: int
    body: dict[str, Any]


Outcome = Standing | Refused
Handler = Callable[[Sequence[Item]], Sequence[Outcome]]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Registers how items of this kind are applied; the owning app does it in its `receivers.py`.

    A handler applies a batch in one transaction and says for each item, in order, what stands now. It must be
    idempotent (unique constraints, ON CONFLICT): an item may come again. An item without `at` is not accepted
    yet, and the handler decides, under a lock, whether its gate is open; one with `at` was acknowledged at that
    moment, and counts if its gate was open then.
    """

    def register(apply: Handler) -> Handler:
        _handlers[kind] = apply
        return apply

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind]
