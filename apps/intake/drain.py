"""The drain: takes accepted items out of the queue and brings them to the database, batch by batch."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.utils.translation import gettext_noop

from apps.core.ids import new_token
from apps.intake import applying, letters, queue, rates, store
from apps.intake.adapters.sqs_source import Fifo
from apps.intake.adapters.stream import Stream, Taken
from apps.intake.applying import DatabaseGone, News, Unapplied

logger = logging.getLogger(__name__)

T = TypeVar("T")
MOST_A_BATCH = 1000
DRAINS = 2
"""In one process: a third would only wait for the database as well."""
WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0
RATE_SECONDS = 10.0
GIVEN_UP = gettext_noop("The queue gave it up.")


class Source(Protocol):
    name: str

    def take(self, most: int, *, wait_seconds: float) -> list[Taken]: ...
    def done(self, taken: Iterable[Taken]) -> None: ...
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
        """Until it is told to stop."""
        with Line(self, wait_seconds=WAIT_SECONDS) as line:
            while line.is_busy or not self.stopping.is_set():
                try:
                    line.step(more=not self.stopping.is_set())
                except (DatabaseGone, OperationalError, InterfaceError) as error:
                    self._wait("database", error)
                except (store.Failed, BotoCoreError, ClientError) as error:
                    self._wait("queue", error)
        self.source.close()

    def until_empty(self) -> int:
        """Everything that waits, now; how many items that were."""
        total = 0
        with Line(self, wait_seconds=0) as line:
            while count := line.step(more=not self.stopping.is_set()):
                total += count
        return total

    # A batch, in this order, each step repeatable: the database, the gates, the queue. A death in between repeats it.

    def write(self, taken: Sequence[Taken]) -> list[Unapplied]:
        unapplied = applying.apply([one.item for one in taken])
        with transaction.atomic():
            letters.set_aside(unapplied)
        return unapplied

    def tell(self, taken: Sequence[Taken], unapplied: Sequence[Unapplied]) -> list[News]:
        """Asks nothing of the database, so any thread may do it; where there is news, `finish` remains to be done."""
        news = applying.tell([one.item for one in taken], unapplied)
        if not news:
            self._forget(taken)
        return news

    def finish(self, taken: Sequence[Taken], news: Sequence[News]) -> None:
        if news:
            applying.hear(news)
            self._forget(taken)

    def _forget(self, taken: Sequence[Taken]) -> None:
        self.source.done(taken)
        self._measure(len(taken))

    def look_at_given_up(self) -> None:
        if isinstance(self.source, Fifo) and (given_up := self.source.given_up()):
            items = [one.item for one in given_up]
            unapplied = [Unapplied(item, "intake.given_up", GIVEN_UP) for item in items]
            with transaction.atomic():
                letters.set_aside(unapplied)
            applying.hear(applying.tell(items, unapplied))
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
        rates.leave(self._name, sum(number for _at, number in self._recent) / RATE_SECONDS, seconds=RATE_SECONDS + 1)


class Crew:
    """Several drains in one process, each with its own thread and connection to the database: while the database has
    the batch of one, another makes its next one ready."""

    def __init__(self, size: int = DRAINS) -> None:
        self._drains = [Drain(source()) for _ in range(size)]

    def stop(self) -> None:
        for one in self._drains:
            one.stop()

    def run(self) -> None:
        """Until it is told to stop, or one of them fails."""
        self._each(Drain.run)

    def until_empty(self) -> int:
        return sum(self._each(Drain.until_empty))

    def _each(self, deed: Callable[[Drain], T]) -> list[T]:
        with ThreadPoolExecutor(len(self._drains), thread_name_prefix="plenary-drain") as threads:
            doing = [threads.submit(self._alone, deed, one) for one in self._drains]
            try:
                wait(doing, return_when=FIRST_EXCEPTION)
            finally:
                if not all(one.done() for one in doing):
                    self.stop()
        return [one.result() for one in doing]

    @staticmethod
    def _alone(deed: Callable[[Drain], T], drain: Drain) -> T:
        try:
            return deed(drain)
        finally:
            connection.close()


class Line:
    """Three batches at a time: while the database writes one, the next is being taken, and the gates and the queue
    hear of the one before. The database is asked by the caller's thread alone."""

    def __init__(self, drain: Drain, *, wait_seconds: float) -> None:
        self._drain = drain
        self._wait_seconds = wait_seconds
        self._taking = ThreadPoolExecutor(1, thread_name_prefix="plenary-drain-taking")
        self._telling = ThreadPoolExecutor(1, thread_name_prefix="plenary-drain-telling")
        self._coming: Future[list[Taken]] | None = None
        self._ending: tuple[list[Taken], Future[list[News]]] | None = None
        self._again: list[Taken] = []

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        for helper in (self._taking, self._telling):
            helper.shutdown()

    @property
    def is_busy(self) -> bool:
        return self._coming is not None or self._ending is not None

    def step(self, *, more: bool = True) -> int:
        """Writes one batch, and says how many items it had. After one that had none, nothing is under way. Where the
        database or the queue is away, the same items are tried with the next step."""
        self._drain.look_at_given_up()
        taken, self._again = self._again or self._taken(more=more), []
        if not taken:
            return 0
        if more and self._coming is None:
            self._coming = self._take()
        try:
            unapplied = self._drain.write(taken)
            self._end()
        except BaseException:
            self._again.extend(taken)
            raise
        self._ending = taken, self._telling.submit(self._drain.tell, taken, unapplied)
        return len(taken)

    def _taken(self, *, more: bool) -> list[Taken]:
        if self._coming is None and more:
            self._coming = self._take()
        due, self._coming = self._coming, None
        found = due.result() if due else []
        # What has been at work for very long is given to us a second time.
        ending = {one.token for one in self._ending[0]} if self._ending else set()
        fresh = [one for one in found if one.token not in ending]
        if not fresh and self._ending:
            # A queue may keep back what must follow a batch until that has been forgotten.
            self._end()
            return self._taken(more=more)
        return fresh

    def _take(self) -> "Future[list[Taken]]":
        return self._taking.submit(self._drain.source.take, self._drain.most, wait_seconds=self._wait_seconds)

    def _end(self) -> None:
        if self._ending is not None:
            (taken, told), self._ending = self._ending, None
            try:
                self._drain.finish(taken, told.result())
            except BaseException:
                self._again.extend(taken)
                raise
