"""The drain: takes accepted items out of the queue and brings them to the database, batch by batch."""

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError
from django.db import InterfaceError, OperationalError, close_old_connections, transaction

from apps.core.ids import new_token
from apps.intake import applying, letters, queue, store
from apps.intake.adapters.sqs_source import Fifo
from apps.intake.adapters.stream import Stream, Taken
from apps.intake.applying import DatabaseGone, Unapplied

logger = logging.getLogger(__name__)

MOST_A_BATCH = 1000
WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0
RATE_SECONDS = 10.0


class Source(Protocol):
    name: str

    def take(self, most: int, *, wait_seconds: float) -> list[Taken]: ...
    def done(self, taken: list[Taken]) -> None: ...
    def close(self) -> None: ...


def source() -> Stream | Fifo:
    return Fifo() if queue.backend_name() == "sqs" else Stream()


class Drain:
    """One worker. Whatever it has taken and not finished when it dies comes to another one."""

    def __init__(self, taken_from: Stream | Fifo, *, most: int = MOST_A_BATCH) -> None:
        self.source = taken_from
        self.most = most
        self.stopping = threading.Event()
        self._recent: deque[tuple[float, int]] = deque()
        self._name = new_token(6)

    def stop(self) -> None:
        """After what it has taken."""
        self.stopping.set()

    def run(self) -> None:
        """Until it is told to stop. While the database writes a batch, the next one is being taken."""
        ahead: Future[list[Taken]] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="plenary-drain") as helper:
            while not self.stopping.is_set() or ahead is not None:
                try:
                    due, ahead = ahead or self._take(helper), None
                    taken = due.result()
                    ahead = self._take(helper) if taken and not self.stopping.is_set() else None
                    self._bring(taken)
                except (DatabaseGone, OperationalError, InterfaceError) as error:
                    self._wait("database", error)
                except (store.Failed, BotoCoreError, ClientError) as error:
                    self._wait("queue", error)
        self.source.close()

    def once(self, *, wait_seconds: float = WAIT_SECONDS) -> int:
        """One batch; how many items it had."""
        taken = self.source.take(self.most, wait_seconds=wait_seconds)
        self._bring(taken)
        return len(taken)

    def until_empty(self) -> int:
        """For tests and small programs: everything that waits, now."""
        total = 0
        while count := self.once(wait_seconds=0):
            total += count
        return total

    def _take(self, helper: ThreadPoolExecutor) -> "Future[list[Taken]]":
        return helper.submit(self.source.take, self.most, wait_seconds=WAIT_SECONDS)

    def _bring(self, taken: list[Taken]) -> None:
        self._look_at_given_up()
        if taken:
            self._finish(taken)
            self._measure(len(taken))

    def _finish(self, taken: list[Taken]) -> None:
        """In this order, each step repeatable: the database, the gates, the queue. A death in between repeats it."""
        items = [one.item for one in taken]
        unapplied = applying.apply(items)
        with transaction.atomic():
            letters.set_aside(unapplied)
        applying.settle(items, unapplied)
        self.source.done(taken)

    def _look_at_given_up(self) -> None:
        if isinstance(self.source, Fifo) and (given_up := self.source.given_up()):
            unapplied = [Unapplied(one.item, "intake.given_up", "The queue gave it up.") for one in given_up]
            with transaction.atomic():
                letters.set_aside(unapplied)
            applying.settle([one.item for one in given_up], unapplied)
            self.source.forget(given_up)

    def _wait(self, what: str, error: Exception) -> None:
        logger.warning("The drain waits for the %s: %s", what, error)
        close_old_connections()
        self.stopping.wait(RETRY_SECONDS)

    def _measure(self, count: int) -> None:
        """Leaves the rate of the last seconds where `metrics` finds it."""
        now = time.monotonic()
        self._recent.append((now, count))
        while now - self._recent[0][0] > RATE_SECONDS:
            self._recent.popleft()
        rate = sum(number for _at, number in self._recent) / RATE_SECONDS
        store.client().set(f"{store.PREFIX}rate:{self._name}", f"{rate:.1f}", ex=int(RATE_SECONDS) + 1)
