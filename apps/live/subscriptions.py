"""The process's one channel on the layer: its groups, and the proof that each is really heard."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from apps.live import layer

logger = logging.getLogger(__name__)

FIRST_WAIT = 0.02


class Subscriptions:
    """`group_add` returns when the wish was sent, not when Redis has heard it: what is published in between is
    lost. So each new group is probed until the probe comes back; only then is the head of its topic read."""

    def __init__(self, deliver: Callable[[dict[str, Any]], None], probe_seconds: float) -> None:
        self._deliver = deliver
        self._probe_seconds = probe_seconds
        self._channel = ""
        self._listening: asyncio.Task[None] | None = None
        self._wanted: Counter[str] = Counter()
        """By group: for how many topics it is heard."""
        self._proven: set[str] = set()
        self._heard: dict[str, asyncio.Event] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        self._channel = await layer.layer().new_channel("live.")

    async def receive(self) -> None:
        """Runs for as long as the process serves."""
        while True:
            listening = self._listening = asyncio.create_task(self._listen(self._channel))
            try:
                await listening
            except asyncio.CancelledError:
                if self._listening is listening:
                    listening.cancel()
                    raise

    async def _listen(self, channel: str) -> None:
        while True:
            message = await layer.layer().receive(channel)
            try:
                if message["type"] == "probe":
                    self._hear(message["group"])
                else:
                    self._deliver(message)
            except Exception:
                logger.exception("A message from the layer could not be delivered.")

    async def reopen(self) -> None:
        """Gives the connection up and makes a new one, with no groups on it: a network that lost the other side
        without a word would keep this one open, and silent, for as long as it likes."""
        self._proven.clear()
        await self.close()
        await self.open()
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()

    async def add(self, group: str) -> None:
        """Returns when the group is heard. Raises TimeoutError where it stays silent. Each one is given back by one
        `discard`, also where it failed."""
        self._wanted[group] += 1
        if group in self._proven:
            return
        async with self._lock(group):
            if group not in self._proven:
                await self._add(group)

    async def _add(self, group: str) -> None:
        async with asyncio.timeout(self._probe_seconds):
            await layer.layer().group_add(group, self._channel)
            await self._probe(group)
        self._proven.add(group)

    async def prove(self, group: str) -> None:
        """Returns when the group proved to be heard. Raises TimeoutError where it stays silent."""
        async with self._lock(group), asyncio.timeout(self._probe_seconds):
            await self._probe(group)

    async def _probe(self, group: str) -> None:
        heard = self._heard[group] = asyncio.Event()
        wait = FIRST_WAIT
        try:
            while True:
                await layer.send_probe(group)
                try:
                    async with asyncio.timeout(wait):
                        await heard.wait()
                    return
                except TimeoutError:
                    wait *= 2
        finally:
            self._heard.pop(group, None)

    async def discard(self, group: str) -> None:
        """Stops hearing the group, unless another topic needs it, or somebody wants it again by then."""
        self._wanted[group] -= 1
        async with self._lock(group):
            if self._wanted[group] <= 0:
                del self._wanted[group]
                self._proven.discard(group)
                await layer.layer().group_discard(group, self._channel)

    async def renew(self, group: str) -> None:
        """Subscribes anew: Redis may drop a subscription, and the layer does not tell."""
        async with self._lock(group):
            self._proven.discard(group)
            await layer.layer().group_discard(group, self._channel)
            await self._add(group)

    def _lock(self, group: str) -> asyncio.Lock:
        # Of one group, leaving and joining never cross.
        return self._locks.setdefault(group, asyncio.Lock())

    async def close(self) -> None:
        await layer.layer().flush()

    def _hear(self, group: str) -> None:
        heard = self._heard.get(group)
        if heard is not None:
            heard.set()
