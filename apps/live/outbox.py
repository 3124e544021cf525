"""The one event loop by which a process publishes, and what waits there to be sent.

In a live process that is the hub's loop; elsewhere (web, worker, shell) a daemon thread keeps one. Callers leave
their message and go on. What cannot be sent, because Redis is away, waits for it within bounds: a lost log
message would be found by its gap, but a lost mark of a state topic would not.
"""

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from apps.live import dirty, layer, store

logger = logging.getLogger(__name__)

MOST_WAITING = 20_000
RETRY_SECONDS = 0.5
EXIT_SECONDS = 3.0
Key = tuple[int, str]
Send = Callable[[], Awaitable[None]]
MOST_TRIES = 120
"""Of what Redis refuses, though it can be reached: a minute, in which whoever runs it can mend that."""


@dataclass(slots=True)
class Urgent:
    send: Send
    tries: int = 0


class Outbox:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._draining: asyncio.Task[None] | None = None
        self._busy = False
        self._logs: dict[Key, list[layer.Item]] = {}
        self._states: dict[Key, int] = {}
        self._urgent: list[Urgent] = []
        """Who may no longer hear something: it goes before all else."""
        self._waiting = 0
        self._refused = 0
        """How often in a row the marks of states were refused."""

    # Callers, in any thread

    def log(self, event_id: int, topic: str, item: layer.Item) -> None:
        with self._changed:
            if self._waiting >= MOST_WAITING:
                # Hubs fetch it from the database: its gap shows.
                return
            self._waiting += 1
            self._logs.setdefault((event_id, topic), []).append(item)
            self._wake()

    def state(self, event_id: int, topic: str, interval_ms: int) -> None:
        with self._changed:
            self._states[event_id, topic] = interval_ms
            self._wake()

    def urgent(self, send: Send) -> None:
        with self._changed:
            self._urgent.append(Urgent(send))
            self._wake()

    def flush(self, timeout: float) -> bool:
        """Waits until everything has been sent. Never call it from the loop that sends."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, timeout)

    # The loop

    def adopt(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on this loop sends: the process has one of its own."""
        with self._changed:
            self._loop = loop

    def abandon(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._changed:
            if self._loop is loop:
                self._loop, self._draining, self._busy = None, None, False

    def close(self) -> None:
        """Ends the thread, if there is one, after it has sent what waits."""
        self.flush(EXIT_SECONDS)
        with self._changed:
            thread, loop = self._thread, self._loop
            if thread is None or loop is None:
                return
            self._thread = self._loop = None
        loop.call_soon_threadsafe(loop.stop)
        thread.join(EXIT_SECONDS)

    def _wake(self) -> None:
        """With the lock held."""
        if self._busy:
            return
        self._busy = True
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name="plenary-outbox", daemon=True)
            self._thread.start()
        self._loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        # The task is kept here: a loop holds its tasks weakly.
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while True:
            with self._changed:
                logs, self._logs = self._logs, {}
                states, self._states = self._states, {}
                urgent, self._urgent = self._urgent, []
                self._waiting = 0
                if not (logs or states or urgent):
                    self._busy = False
                    self._changed.notify_all()
                    return
            waits: tuple[dict[Key, list[layer.Item]], dict[Key, int]] = ({}, {})
            try:
                await _send_urgent(urgent)
                await _send_logs(logs)
                waits = ({}, await self._mark(states))
            except store.ConnectionFailed as error:
                logger.warning("Redis cannot be reached (%s); what is to be published waits.", error)
                waits = logs, states
            if urgent or any(waits):
                self._put_back(*waits, urgent)
                await asyncio.sleep(RETRY_SECONDS)

    async def _mark(self, states: dict[Key, int]) -> dict[Key, int]:
        """What is to be marked later: a Redis that refuses to write may be mended, and nobody would find the loss."""
        if not states:
            return {}
        try:
            await dirty.mark([dirty.member(*key, interval) for key, interval in states.items()])
        except store.ConnectionFailed:
            raise
        except Exception:
            self._refused += 1
            if self._refused in (1, MOST_TRIES):
                logger.exception("Changed states were refused (try %s of %s).", self._refused, MOST_TRIES)
            if self._refused < MOST_TRIES:
                return states
        self._refused = 0
        return {}

    def _put_back(self, logs: dict[Key, list[layer.Item]], states: dict[Key, int], urgent: list[Urgent]) -> None:
        with self._changed:
            self._logs = logs | {key: logs.get(key, []) + items for key, items in self._logs.items()}
            self._waiting = sum(map(len, self._logs.values()))
            self._states = states | self._states
            self._urgent = urgent + self._urgent


async def _send_logs(logs: dict[Key, list[layer.Item]]) -> None:
    """Takes out what was sent, or was refused: hubs find that gap. Nothing that is refused takes others with it."""
    while logs:
        key, items = next(iter(logs.items()))
        try:
            await layer.send_log(*key, items)
        except store.ConnectionFailed:
            raise
        except Exception:
            logger.exception("What was to be told of %s was refused.", key)
            if len(items) > 1:
                await _send_singly(key, items)
        del logs[key]


async def _send_singly(key: Key, items: list[layer.Item]) -> None:
    while items:
        try:
            await layer.send_log(*key, items[:1])
        except store.ConnectionFailed:
            raise
        except Exception as refusal:
            logger.error("The message %s of %s was refused: %r", items[0][0], key, refusal)
        del items[0]


async def _send_urgent(urgent: list[Urgent]) -> None:
    """Takes out what was sent, or was refused too often. One that is refused holds up none of the others."""
    refused: list[Urgent] = []
    try:
        while urgent:
            try:
                await urgent[0].send()
            except store.ConnectionFailed:
                raise
            except Exception:
                urgent[0].tries += 1
                if urgent[0].tries < MOST_TRIES:
                    refused.append(urgent[0])
                if urgent[0].tries in (1, MOST_TRIES):
                    logger.exception("What is urgent was refused (try %s of %s).", urgent[0].tries, MOST_TRIES)
            urgent.pop(0)
    finally:
        urgent.extend(refused)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    leftover = asyncio.all_tasks(loop)
    for task in leftover:
        task.cancel()
    loop.run_until_complete(_ended(*leftover))
    loop.close()


async def _ended(*tasks: "asyncio.Task[Any]") -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
    await store.close_loop_client()


_outbox = Outbox()


def _after_fork() -> None:
    # The parent's thread does not live here.
    global _outbox
    _outbox = Outbox()


os.register_at_fork(after_in_child=_after_fork)


def log(event_id: int, topic: str, item: layer.Item) -> None:
    _outbox.log(event_id, topic, item)


def state(event_id: int, topic: str, interval_ms: int) -> None:
    _outbox.state(event_id, topic, interval_ms)


def revoke(event_id: int, user_id: int, epoch: int) -> None:
    _outbox.urgent(partial(layer.send_revoke, event_id, user_id, epoch))


def again(event_id: int, marks: dict[str, int]) -> None:
    _outbox.urgent(partial(layer.send_again, event_id, marks))


def flush(timeout: float = EXIT_SECONDS) -> bool:
    """Waits until what this process publishes has left it; for programs that end soon, and for tests."""
    return _outbox.flush(timeout)


def adopt(loop: asyncio.AbstractEventLoop) -> None:
    _outbox.adopt(loop)


def abandon(loop: asyncio.AbstractEventLoop) -> None:
    _outbox.abandon(loop)


def close() -> None:
    _outbox.close()


atexit.register(close)
