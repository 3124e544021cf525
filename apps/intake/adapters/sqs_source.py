"""The SQS queue as a source of accepted items, and its dead-letter queue as a source of those to set aside."""

import logging
import time
from collections.abc import Iterable

from botocore.exceptions import BotoCoreError, ClientError

from apps.intake import age
from apps.intake.adapters import sqs
from apps.intake.adapters.stream import Taken

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
MOST_GIVEN_UP = 200
"""Set aside in one go, between two batches of what people say just now."""


class Fifo:
    name = "sqs"

    def __init__(self) -> None:
        self._queue = sqs.queue()
        self._dead: sqs.Queue | None = None
        self._looked = float("-inf")

    def take(self, most: int, *, wait_seconds: float) -> list[Taken]:
        """Gathers small receipts to a batch that is worth a transaction."""
        known = age.oldest()
        wait = max(1, int(wait_seconds)) if wait_seconds else 0
        found = self._queue.receive_many(most, wait_seconds=wait)
        if not found and known and self._queue.depth() == 0:
            age.nothing_waits(known)
        return [Taken(one.receipt, one.item) for one in found]

    def done(self, taken: Iterable[Taken]) -> None:
        done = list(taken)
        self._queue.delete([one.token for one in done])
        age.passed([one.item for one in done])

    def given_up(self) -> list[Taken]:
        """What SQS itself has put aside, because drains died over it: now and then, and again at once where there was
        as much as one look takes. Where that cannot be read, what people say goes on all the same."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return []
        self._looked = time.monotonic()
        try:
            self._dead = self._queue.dead_letters()
            found = [] if self._dead is None else self._dead.receive_many(MOST_GIVEN_UP)
        except (BotoCoreError, ClientError) as error:
            logger.warning("What the intake's queue gave up cannot be read: %s", error)
            return []
        if len(found) >= MOST_GIVEN_UP:
            self._looked = float("-inf")
        return [Taken(one.receipt, one.item) for one in found]

    def forget(self, taken: Iterable[Taken]) -> None:
        """What stays comes again, and is set aside as what it is already."""
        if self._dead is None:
            return
        try:
            self._dead.delete([one.token for one in taken])
        except (BotoCoreError, ClientError) as error:
            self._looked = time.monotonic()
            logger.warning("What the intake's queue gave up cannot be deleted there: %s", error)

    def close(self) -> None:
        """What we hold comes back by itself."""
