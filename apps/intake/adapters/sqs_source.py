"""The SQS queue as a source of accepted items, and its dead-letter queue as a source of those to set aside."""

import time
from collections.abc import Iterable

from apps.intake.adapters import sqs
from apps.intake.adapters.stream import Taken

LOOK_SECONDS = 60.0


class Fifo:
    name = "sqs"

    def __init__(self) -> None:
        self._queue = sqs.queue()
        self._looked = float("-inf")

    def take(self, most: int, *, wait_seconds: float) -> list[Taken]:
        """Gathers small receipts to a batch that is worth a transaction."""
        found: list[Taken] = []
        wait = max(1, int(wait_seconds)) if wait_seconds else 0
        while len(found) < most:
            received = self._queue.receive(wait_seconds=0 if found else wait)
            found.extend(Taken(one.receipt, one.item) for one in received)
            if not received:
                break
        return found

    def done(self, taken: Iterable[Taken]) -> None:
        self._queue.delete([one.token for one in taken])

    def given_up(self) -> "list[Taken]":
        """What SQS itself has put aside, because drains died over it; now and then."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return []
        self._looked = time.monotonic()
        queue = self._queue.dead_letters()
        return [] if queue is None else [Taken(one.receipt, one.item) for one in queue.receive(wait_seconds=0)]

    def forget(self, taken: Iterable[Taken]) -> None:
        queue = self._queue.dead_letters()
        if queue is not None:
            queue.delete([one.token for one in taken])

    def close(self) -> None:
        """What we hold comes back by itself."""
