"""The one call by which features take in what comes in bursts: it answers when the items are durable."""

from collections.abc import Sequence

from django.db import transaction

from apps.intake.items import Item, Outcome, handler_of


def accept_many(items: Sequence[Item]) -> list[Outcome]:
    """Takes all of these; one outcome each, in order.

    They are applied at once, in the caller's transaction: durable when that commits, and gone when it does not.
    """
    if not items:
        return []
    outcomes: dict[int, Outcome] = {}
    by_kind: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        by_kind.setdefault(item.kind, []).append(place)
    with transaction.atomic():
        for kind in sorted(by_kind):
            places = by_kind[kind]
            applied = handler_of(kind)([items[place] for place in places])
            outcomes.update(zip(places, applied, strict=True))
    return [outcomes[place] for place in range(len(items))]
