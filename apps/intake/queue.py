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
    def standing(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]: ...
    def held(self, gate: str) -> set[str]: ...
    def tallies(self, gates: Iterable[str]) -> dict[str, Tally]: ...


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


def standing(pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """By gate and key: what stands, where the queue knows; it may be newer than the database."""
    return _backend(backend_name()).standing(pairs) if pairs else {}


def held(gate: str) -> set[str]:
    """Keys of which nobody can say (yet) whether their newest word was taken: it was sent, and perhaps arrived. Asked
    for after the gate's close, in its transaction; where it is not known, the close is refused."""
    return _backend(backend_name()).held(gate)


def tallies(gates: Sequence[str]) -> dict[str, Tally]:
    """By gate: the counters, where they know more than the database. What is missing is to be counted there."""
    return _backend(backend_name()).tallies(gates) if gates else {}
