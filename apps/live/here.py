"""Keeps presence: which people this process adds to the shared counts, and what features are told about it.

The shared count is a hash per topic, person → how many processes hold a socket of theirs. Beside it stands what
each process has added. Both change in one script, so the death of a process can be undone exactly: its lease
ends, and whoever notices first takes back what it had added.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from apps.core import clock
from apps.live import presence, store
from apps.live.connection import Connection
from apps.live.registry import Match, Who, resolve

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

PROCESSES = store.key("processes")
REAPING = store.key("reaping:")
FLUSH_SECONDS = 0.2
REAP_AT_ONCE = 500

ENTER = """
if redis.call('HSET', KEYS[2], ARGV[1], ARGV[3]) == 0 then return 0 end
return redis.call('HINCRBY', KEYS[1], ARGV[2], 1)
"""
EXIT = """
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return -1 end
local left = redis.call('HINCRBY', KEYS[1], ARGV[2], -1)
if left <= 0 then redis.call('HDEL', KEYS[1], ARGV[2]) return 0 end
return left
"""

Place = tuple[int, str]  # event, topic


@dataclass(slots=True)
class Guest:
    """A person in a place, by this process: how many sockets, and since when none."""

    who: Who
    sockets: int
    leaves_at: float | None = None


@dataclass(frozen=True, slots=True)
class Change:
    place: Place
    person: str
    who: Who
    enters: bool
    at: datetime


def mine_key(process: str) -> str:
    return store.key(f"mine:{process}")


class Here:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self.process = secrets.token_hex(8)
        self._guests: dict[tuple[Place, str], Guest] = {}
        self._changes: list[Change] = []
        self._flushing = asyncio.Lock()
        self._wanted = asyncio.Event()

    # From the hub

    def enter(self, connection: Connection, match: Match) -> None:
        place = (connection.who.event_id, match.name)
        guest = self._guests.get((place, connection.person))
        if guest is None:
            guest = self._guests[place, connection.person] = Guest(connection.who, 0)
            self._change(place, connection.person, connection.who, enters=True)
        guest.sockets += 1
        guest.leaves_at = None

    def leave(self, connection: Connection, topic: str) -> None:
        guest = self._guests.get(((connection.who.event_id, topic), connection.person))
        if guest is not None:
            guest.sockets -= 1
            if guest.sockets <= 0:
                guest.leaves_at = self._hub.loop.time() + self._hub.conf.leave_seconds

    def _change(self, place: Place, person: str, who: Who, *, enters: bool) -> None:
        self._changes.append(Change(place, person, who, enters, clock.now()))
        self._wanted.set()

    def let_go(self, *, everybody: bool = False) -> None:
        """Those who did not come back are gone."""
        now = self._hub.loop.time()
        for (place, person), guest in list(self._guests.items()):
            if everybody or (guest.leaves_at is not None and guest.leaves_at <= now):
                del self._guests[place, person]
                self._change(place, person, guest.who, enters=False)

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Counts what changed, and tells the features."""
        async with self._flushing:
            self._wanted.clear()
            changes, self._changes = self._changes, []
            if not changes:
                return
            try:
                counts = await self._count(changes)
            except store.ConnectionFailed:
                self._changes = changes + self._changes
                self._wanted.set()
                await asyncio.sleep(1)
                return
        told = [
            change
            for change, left in zip(changes, counts, strict=True)
            if change.who.user_id is not None and left == (1 if change.enters else 0)
        ]
        await self._tell(told)

    async def _count(self, changes: list[Change]) -> list[int]:
        pipeline = store.loop_client().pipeline(transaction=False)
        mine = mine_key(self.process)
        for change in changes:
            field = field_of(change.place, change.person)
            here = presence.here_key(*change.place)
            if change.enters:
                pipeline.eval(ENTER, 2, here, mine, field, change.person, packed(change.who))
            else:
                pipeline.eval(EXIT, 2, here, mine, field, change.person)
        return [int(count) for count in await pipeline.execute()]

    async def _tell(self, changes: list[Change]) -> None:
        """Each topic's changes in one call per kind, in the order in which they happened."""
        runs: list[tuple[Place, bool, list[Change]]] = []
        latest: dict[Place, tuple[Place, bool, list[Change]]] = {}
        for change in changes:
            run = latest.get(change.place)
            if run is None or run[1] != change.enters:
                run = latest[change.place] = (change.place, change.enters, [])
                runs.append(run)
            run[2].append(change)
        for place, enters, told in runs:
            match = resolve(place[1])
            if match is None:
                continue
            people = [change.who for change in told]
            hook = match.topic.joined if enters else match.topic.left
            try:
                await self._hub.executor.run(hook, people, told[0].at, **match.params)
            except Exception:
                logger.exception("%s could not be told who came or left.", place[1])

    # Leases

    async def renew(self) -> None:
        """A sign of life. A process that was taken for dead counts its people again."""
        redis = store.loop_client()
        known = await redis.zscore(PROCESSES, self.process)
        await redis.zadd(PROCESSES, {self.process: await redis_time()})
        if known is None and self._guests:
            for (place, person), guest in self._guests.items():
                self._change(place, person, guest.who, enters=True)

    async def reap(self) -> None:
        """Takes back what processes had added that have given no sign of life."""
        redis = store.loop_client()
        before = await redis_time() - self._hub.conf.lease_seconds
        silent: list[tuple[bytes, float]] = cast(
            "list[tuple[bytes, float]]", await redis.zrangebyscore(PROCESSES, "-inf", before, withscores=True)
        )
        for process, seen in silent:
            name = store.text(process)
            if name != self.process and await redis.set(REAPING + name, self.process, nx=True, ex=60):
                await self._bury(name, datetime.fromtimestamp(seen, UTC))

    async def _bury(self, process: str, seen: datetime) -> None:
        redis = store.loop_client()
        mine = mine_key(process)
        while True:
            _, found = await cast(Awaitable[Any], redis.hscan(mine, 0, count=REAP_AT_ONCE))
            if not found:
                break
            changes = [change_of(store.text(field), value, seen) for field, value in found.items()]
            pipeline = redis.pipeline(transaction=False)
            for change in changes:
                field = field_of(change.place, change.person)
                pipeline.eval(EXIT, 2, presence.here_key(*change.place), mine, field, change.person)
            counts = await pipeline.execute()
            await self._tell(
                [c for c, left in zip(changes, counts, strict=True) if c.who.user_id is not None and int(left) == 0]
            )
        await redis.zrem(PROCESSES, process)
        logger.warning("A live process had died; its people were counted out.")

    async def end(self) -> None:
        self.let_go(everybody=True)
        await self.flush()
        try:
            await store.loop_client().zrem(PROCESSES, self.process)
        except store.Failed:
            logger.warning("Redis cannot be reached; another process will count our people out.")


async def redis_time() -> float:
    """Leases are measured by the one clock that all processes share."""
    seconds, microseconds = await store.loop_client().time()
    return float(seconds) + float(microseconds) / 1_000_000


def field_of(place: Place, person: str) -> str:
    return f"{place[0]}:{place[1]}:{person}"


def packed(who: Who) -> str:
    return json.dumps([who.user_id, who.event_id, who.name, sorted(who.roles), who.epoch])


def change_of(field: str, value: bytes, seen: datetime) -> Change:
    event_id, topic, person = field.split(":", 2)
    user_id, event, name, roles, epoch = json.loads(value)
    return Change((int(event_id), topic), person, Who(user_id, event, name, frozenset(roles), epoch), False, seen)
