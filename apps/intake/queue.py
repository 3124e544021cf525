"""The calls by which features take in what comes in bursts: it is durable when they answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.db import transaction

from apps.intake.backends.direct import Direct
from apps.intake.backends.redis import Buffered
from apps.intake.backends.sqs import Queued
from apps.intake.gates import Tally
from apps.intake.items import Item, Outcome, Standing


class Backend(Protocol):
    def accept(self, items: Sequence[Item]) -> list[Outcome]: ...
    def close(self, kind: str, gate: str) -> datetime: ...
    def refresh(self, kind: str, gates: Sequence[str]) -> None: ...
    def standing(
        self, pairs: Sequence[tuple[str, str]], *, must_know: bool = False
    ) -> dict[tuple[str, str], Standing]: ...
    def held(self, gate: str) -> set[str]: ...
    def unsure(self, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]: ...
    def tallies(self, gates: Iterable[str], *, must_know: bool = False) -> dict[str, Tally]: ...
    def totals(self, gates: Iterable[str]) -> dict[str, int]: ...
    def stamps(self, gates: Iterable[str]) -> dict[str, str]: ...
    def doubt(self, gates: Iterable[str]) -> None: ...
    def recount(self, kind: str, gates: Iterable[str]) -> None: ...


@cache
def _backend(name: str) -> Backend:
    backends: dict[str, type[Backend]] = {"direct": Direct, "redis": Buffered, "sqs": Queued}
    return backends[name]()


def backend_name() -> str:
    if settings.INTAKE == "direct":
        return "direct"
    return "sqs" if settings.INTAKE_QUEUE_URL else "redis"


def accept_many(items: Sequence[Item]) -> list[Outcome]:
    """Takes all of these; one outcome each, in order.

    A `Standing` is durable, and comes to the database soon if it is not there yet. With the direct backend that is
    when the caller's transaction commits. A refusal `intake.busy` means that nothing was taken; the same item again,
    with the same revision, is right.
    """
    return _backend(backend_name()).accept(items) if items else []


def close_gate(kind: str, gate: str) -> datetime:
    """Nothing is taken from now on; the moment, by the queue's clock, follows the stamps of all that was.

    Call it in the transaction that writes the close, holding what the owner's `gates` asks a share of.
    """
    return _backend(backend_name()).close(kind, gate)


def refresh_gates(kind: str, gates: Sequence[str]) -> None:
    """After commit: gates were opened, or their time was changed. Missing this costs the first who knock a question."""
    transaction.on_commit(lambda: _backend(backend_name()).refresh(kind, gates), robust=True)


def standing(pairs: Sequence[tuple[str, str]], *, must_know: bool = False) -> dict[tuple[str, str], Standing]:
    """By gate and key: what stands, where the queue knows; it may be newer than the database. Where the queue cannot be
    asked, nothing; for whoever `must_know`, which is who closes, a refusal."""
    return _backend(backend_name()).standing(pairs, must_know=must_know) if pairs else {}


def held(gate: str) -> set[str]:
    """Keys of which nobody can say (yet) whether their newest word was taken: it was sent, and perhaps arrived. Asked
    for after the gate's close, in its transaction; where it is not known, the close is refused."""
    return _backend(backend_name()).held(gate)


def unsure(pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """The same of these alone, by gate and key, for whoever only asks; none where it is not known."""
    return _backend(backend_name()).unsure(pairs) if pairs else set()


def tallies(gates: Sequence[str], *, must_know: bool = False) -> dict[str, Tally]:
    """By gate: the counters, where they know as much as the database, or more. What is missing is to be counted there;
    `must_know` as of what stands."""
    return _backend(backend_name()).tallies(gates, must_know=must_know) if gates else {}


def totals(gates: Sequence[str]) -> dict[str, int]:
    """By gate: how many keys there are, of the same gates and without their counters."""
    return _backend(backend_name()).totals(gates) if gates else {}


def stamps(gates: Sequence[str]) -> dict[str, str]:
    """By gate: what changes with its counters, of the same gates. Ask for it before the counters."""
    return _backend(backend_name()).stamps(gates) if gates else {}


def doubt(gates: Sequence[str]) -> None:
    """After commit: rows behind these gates went by other means. Their counters want a recount, and are not believed of
    a closed gate."""
    if gates:
        transaction.on_commit(lambda: _backend(backend_name()).doubt(gates), robust=True)


def recount(kind: str, gates: Sequence[str]) -> None:
    """Puts the counters of those that went so right. Where something moves just now, whoever brings it to the database
    does. Refused where the counters cannot be reached."""
    _backend(backend_name()).recount(kind, gates)
