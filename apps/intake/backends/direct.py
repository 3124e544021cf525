"""Applies items at once, in the caller's transaction: durable when that commits, and gone when it does not."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.core import clock
from apps.intake.gates import Tally
from apps.intake.items import Item, Outcome, Standing, owner_of


class Direct:
    def accept(self, items: Sequence[Item]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        by_kind: dict[str, list[int]] = {}
        for place, item in enumerate(items):
            by_kind.setdefault(item.kind, []).append(place)
        with transaction.atomic():
            for kind in sorted(by_kind):
                places = by_kind[kind]
                applied = owner_of(kind).apply([items[place] for place in places])
                outcomes.update(zip(places, applied, strict=True))
        return [outcomes[place] for place in range(len(items))]

    def close(self, kind: str, gate: str) -> datetime:
        return clock.now()

    def refresh(self, kind: str, gates: Sequence[str]) -> None:
        """There is nothing that remembers them."""

    def standing(self, pairs: Sequence[tuple[str, str]], *, must_know: bool = False) -> dict[tuple[str, str], Standing]:
        return {}

    def held(self, gate: str) -> set[str]:
        return set()

    def unsure(self, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        return set()

    def tallies(self, gates: Iterable[str], *, must_know: bool = False) -> dict[str, Tally]:
        return {}

    def totals(self, gates: Iterable[str]) -> dict[str, int]:
        return {}

    def stamps(self, gates: Iterable[str]) -> dict[str, str]:
        return {}

    def doubt(self, gates: Iterable[str]) -> None:
        """There are no counters."""

    def recount(self, kind: str, gates: Iterable[str]) -> None:
        """The same."""
