"""Reads the values of state topics: many at a time, and not at all where a page already shows the newest.

A returning socket names the versions that it holds. What was published last stands in Redis; where that is no newer,
there is nothing to read, and a person's own topics cost the database nothing. Redis is believed only about the time
for which it remembers: neither from before it was emptied, nor from longer ago than it keeps such a word.
"""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from apps.core import clock
from apps.live import dirty, versions, wire
from apps.live.channel import StateChannel
from apps.live.registry import StateTopic

if TYPE_CHECKING:
    from apps.live.hub import Hub

MOST_BATCH = 200
MOST_AT_ONCE = 2
"""Batches under way: whoever has waited does not wait for a slow snapshot of others."""
TICKS = 2
"""Between two batches: those who come meanwhile share the queries of one."""
BELIEVED_SECONDS = 0.9 * dirty.NEWEST_SECONDS

Wish = tuple[StateChannel, int | None, "asyncio.Future[None]"]
Value = tuple[int, bytes]


class Reading:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._waiting: list[Wish] = []
        self._at_work = 0
        self._help: asyncio.TimerHandle | None = None

    @property
    def _pace(self) -> float:
        return TICKS * self._hub.conf.tick_seconds

    async def read(self, channel: StateChannel, known: int | None = None) -> None:
        """Brings the channel up to date. Where `known` is the newest, the channel knows its version afterwards and not
        its value: who needs that reads again."""
        done: asyncio.Future[None] = self._hub.loop.create_future()
        self._waiting.append((channel, known, done))
        if not self._at_work:
            self._begin()
        elif self._help is None:
            self._help = self._hub.loop.call_later(self._pace, self._begin)
        await done

    def _begin(self) -> None:
        if self._help is not None:
            self._help.cancel()
            self._help = None
        if self._waiting and self._at_work < MOST_AT_ONCE:
            self._at_work += 1
            self._hub.tasks.spawn(self._work())

    async def _work(self) -> None:
        """At once after a silence, then every other tick: when thousands come, few batches have them all."""
        loop = self._hub.loop
        try:
            while self._waiting:
                begun = loop.time()
                batch, self._waiting = self._waiting[:MOST_BATCH], self._waiting[MOST_BATCH:]
                try:
                    await self._answer(batch)
                except Exception as failure:
                    for _channel, _known, done in batch:
                        settle(done, failure)
                if len(self._waiting) < MOST_BATCH:
                    await asyncio.sleep(max(0.0, begun + self._pace - loop.time()))
        finally:
            self._at_work -= 1

    async def _answer(self, batch: list[Wish]) -> None:
        left = await self._unknown(batch)
        if not left:
            return
        found = await self._hub.executor.run(read_values, [channel for channel, _known, _done in left])
        for (channel, _known, done), value in zip(left, found, strict=True):
            if isinstance(value, Exception):
                settle(done, value)
            else:
                channel.offer(*value)
                settle(done)

    async def _unknown(self, batch: list[Wish]) -> list[Wish]:
        """Those that must be read; the others are at what their reader holds."""
        since = max(self._hub.upkeep.known_since, int((clock.now().timestamp() - BELIEVED_SECONDS) * 1_000_000))
        holding = [(channel, known) for channel, known, _done in batch if known is not None and known > since]
        newest = await dirty.newest([(channel.event_id, channel.name) for channel, _known in holding])
        # Never `known` itself, which is what somebody says: everybody who listens here hears by it.
        current = {
            channel: version or since
            for (channel, known), version in zip(holding, newest, strict=True)
            if version <= known
        }
        left: list[Wish] = []
        for channel, known, done in batch:
            if channel in current:
                channel.version = max(channel.version, current[channel])
                settle(done)
            else:
                left.append((channel, known, done))
        return left


def settle(done: "asyncio.Future[None]", failure: Exception | None = None) -> None:
    """Whoever waited may have gone."""
    if done.done():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)


# In a thread


def read_values(channels: list[StateChannel]) -> list[Value | Exception]:
    """The value of each, and the version that was taken before; where one could not be read, why."""
    version = versions.read()
    alike: dict[tuple[StateTopic, int], list[StateChannel]] = defaultdict(list)
    for channel in channels:
        alike[channel.topic, channel.event_id].append(channel)
    found: dict[StateChannel, Value | Exception] = {}
    for (topic, event_id), ours in alike.items():
        for channel, payload in zip(ours, read_alike(topic, event_id, ours), strict=True):
            found[channel] = payload if isinstance(payload, Exception) else (version, wire.encode(payload))
    return [found[channel] for channel in channels]


def read_alike(topic: StateTopic, event_id: int, channels: list[StateChannel]) -> list[Any]:
    """All in one, or, where that fails, each by itself, so that one that was deleted spoils nobody else's."""
    every = [channel.match.params for channel in channels]
    try:
        return list(topic.snapshots(event_id, every))
    except Exception as failure:
        if len(every) == 1:
            return [failure]
    return [read_alike(topic, event_id, [channel])[0] for channel in channels]
