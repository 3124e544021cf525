"""Keeps presence: which people this process adds to the shared counts, and what features are told about it.

The shared count is a hash per topic, person → how many processes hold a socket of theirs. Beside it stands what
each process has added, and what it owes: the arrivals and departures that the features have not been told yet. All
three change in one script, so the death of a process can be undone exactly, at whichever moment it came: its lease
ends, and whoever notices first takes back what it had added, and tells what it owed.
"""

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.db import InterfaceError, OperationalError

from apps.core import clock
from apps.live import presence, store
from apps.live.connection import Connection
from apps.live.registry import Match, Who, resolve

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

PROCESSES = store.key("processes")
REAPING = store.key("reaping:")
REAPING_SECONDS = 60
"""For so long nobody else takes back what a process had added, should whoever began it die, too."""
FLUSH_SECONDS = 0.2
MOST_AT_ONCE = 500
MOST_ROUNDS = 5
AWAY_SECONDS = 1.0

# Several people of one place. Repeated after a lost answer, it changes nothing.
COUNT = """
for at = 1, #ARGV, 5 do
  local enters, field, person, who, owed = unpack(ARGV, at, at + 4)
  local is_change = false
  if enters == '1' then
    if redis.call('HSET', KEYS[2], field, who) == 1 then
      is_change = redis.call('HINCRBY', KEYS[1], person, 1) == 1
    end
  elseif redis.call('HDEL', KEYS[2], field) == 1 and redis.call('HINCRBY', KEYS[1], person, -1) <= 0 then
    redis.call('HDEL', KEYS[1], person)
    is_change = true
  end
  if is_change and owed ~= '' then redis.call('RPUSH', KEYS[3], owed) end
end
"""
# The same people again, of whom Redis may have lost either side. What it still has stays as it is.
REPAIR = """
local repaired = 0
for at = 1, #ARGV, 5 do
  local _, field, person, who, owed = unpack(ARGV, at, at + 4)
  local lost_mine = redis.call('HSETNX', KEYS[2], field, who) == 1
  if redis.call('HSETNX', KEYS[1], person, 1) == 1 or lost_mine then
    repaired = repaired + 1
    if owed ~= '' then redis.call('RPUSH', KEYS[3], owed) end
  end
end
return repaired
"""
INHERIT = """
for _, owed in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  redis.call('RPUSH', KEYS[2], 'i' .. owed)
end
redis.call('DEL', KEYS[1])
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
    inherited: bool = False
    """It happened in a process that died before it could tell."""

    @property
    def field(self) -> str:
        return f"{self.place[0]}:{self.place[1]}:{self.person}"

    @property
    def owed(self) -> str:
        """What the features are to be told; nothing of visitors, who are only counted."""
        if self.who.user_id is None:
            return ""
        return encoded([*self.place, self.person, packed(self.who), self.enters, self.at.isoformat()])

    @property
    def words(self) -> tuple[str, ...]:
        """As COUNT reads them."""
        return ("1" if self.enters else "", self.field, self.person, packed(self.who), self.owed)


def mine_key(process: str) -> str:
    return store.key(f"mine:{process}")


def owed_key(process: str) -> str:
    return store.key(f"owed:{process}")


class Here:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self.process = secrets.token_hex(8)
        self._guests: dict[tuple[Place, str], Guest] = {}
        self._changes: list[Change] = []
        self._flushing = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._suspicious_until = float("-inf")
        """Redis has lost something: it may be losing more, and other processes may be putting things back."""

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
            if not await self.flush():
                self._wanted.set()
                await asyncio.sleep(AWAY_SECONDS)

    async def flush(self) -> bool:
        """Counts what changed, and tells the features. False where Redis or the database is away: what is still to
        be counted or told is kept."""
        async with self._flushing:
            self._wanted.clear()
            changes, self._changes = self._changes, []
            try:
                await self._count(changes)
                changes = []
                await self._pay()
            except (store.Failed, *store.ConnectionFailed, OperationalError, InterfaceError) as away:
                logger.warning("Who came and left cannot be told yet: %s", away)
                self._changes = changes + self._changes
                return False
        return True

    async def _count(self, changes: list[Change]) -> None:
        if changes:
            await self._run(changes, mine_key(self.process))

    async def _run(self, changes: list[Change], mine: str, script: str = COUNT) -> list[Any]:
        by_place: dict[Place, list[Change]] = defaultdict(list)
        for change in changes:
            by_place[change.place].append(change)
        pipeline = store.loop_client().pipeline(transaction=False)
        for place, ours in by_place.items():
            keys = (presence.here_key(*place), mine, owed_key(self.process))
            for first in range(0, len(ours), MOST_AT_ONCE):
                words = [word for change in ours[first : first + MOST_AT_ONCE] for word in change.words]
                pipeline.eval(script, 3, *keys, *words)
        return await pipeline.execute()

    async def _pay(self) -> None:
        """Tells the features what they are owed, and then owes it no more: after a crash in between they are told
        again, which changes nothing."""
        redis, key = store.loop_client(), owed_key(self.process)
        while found := await cast(Awaitable[Any], redis.lrange(key, 0, MOST_AT_ONCE - 1)):
            await self._tell(await self._still_true([change_owed(store.text(words)) for words in found]))
            await cast(Awaitable[Any], redis.ltrim(key, len(found), -1))

    async def _still_true(self, changes: list[Change]) -> list[Change]:
        """What was inherited is old: meanwhile the person may have come back elsewhere, or have left from there."""
        old = [change for change in changes if change.inherited]
        if not old:
            return changes
        pipeline = store.loop_client().pipeline(transaction=False)
        for change in old:
            pipeline.hexists(presence.here_key(*change.place), change.person)
        here = {change.field for change, found in zip(old, await pipeline.execute(), strict=True) if found}
        departures = {change.field for change in changes if not change.enters}
        told: list[Change] = []
        for change in changes:
            if change.inherited and not change.enters and change.field in here:
                continue
            told.append(change)
            if change.inherited and change.enters and change.field not in here | departures:
                told.append(replace(change, enters=False, at=clock.now()))
        return told

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
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                logger.exception("%s could not be told who came or left.", place[1])

    # Leases

    async def renew(self) -> None:
        """A sign of life. A process that was taken for dead counts its people again, and so does one that Redis has
        forgotten; what Redis has lost of them besides is put back, for as long as it may be losing more."""
        redis = store.loop_client()
        known = await redis.zscore(PROCESSES, self.process)
        await redis.zadd(PROCESSES, {self.process: await redis_time()})
        if known is None:
            self._suspicious_until = self._hub.loop.time() + self._hub.conf.lease_seconds
            for (place, person), guest in self._guests.items():
                self._change(place, person, guest.who, enters=True)
            return
        if self._flushing.locked():
            return  # features are being told, which may take long; a sign of life waits for nobody
        async with self._flushing:
            if await redis.exists(REAPING + self.process):
                return  # somebody is still taking our people back: soon we are not known, and count them again
            if not await self._is_whole():
                self._suspicious_until = self._hub.loop.time() + self._hub.conf.lease_seconds
            if self._hub.loop.time() <= self._suspicious_until:
                await self._repair()

    async def _is_whole(self) -> bool:
        """Whether Redis has as many people of ours as we have counted, and in each place the one who is there
        longest: whoever came after a loss stands in a new count, and would hide it."""
        uncounted = {(change.place, change.person) for change in self._changes}
        pending = sum(1 if change.enters else -1 for change in self._changes)
        longest: dict[Place, str] = {}
        for place, person in self._guests:
            if (place, person) not in uncounted:
                longest.setdefault(place, person)
        pipeline = store.loop_client().pipeline(transaction=False)
        pipeline.hlen(mine_key(self.process))
        for place, person in longest.items():
            pipeline.hexists(presence.here_key(*place), person)
        expected = len(self._guests) - pending
        counted, *there = await pipeline.execute()
        return bool(counted == expected and all(there))

    async def _repair(self) -> None:
        """Where a person's own count is lost as well, how many processes had them is not known: one is the least."""
        uncounted = {(change.place, change.person) for change in self._changes}
        now = clock.now()
        ours = [
            Change(place, person, guest.who, enters=True, at=now)
            for (place, person), guest in self._guests.items()
            if (place, person) not in uncounted
        ]
        if ours and any(await self._run(ours, mine_key(self.process), REPAIR)):
            logger.warning("Redis had lost people who are here; they are counted again.")
            self._wanted.set()
        gone = await self._counted_in_vain()
        if gone:
            logger.warning("Redis still had %s people of ours who are gone; they are counted out.", len(gone))
            await self._count(gone)
            self._wanted.set()

    async def _counted_in_vain(self) -> list[Change]:
        """Those whom Redis has as ours, and whose leaving it was not told, or has forgotten."""
        found: dict[str, bytes] = {}
        cursor = None
        while cursor != 0:
            scan = store.loop_client().hscan(mine_key(self.process), cursor or 0, count=MOST_AT_ONCE)
            cursor, some = await cast(Awaitable[Any], scan)
            found |= {store.text(field): who for field, who in some.items()}
        known = {f"{place[0]}:{place[1]}:{person}" for place, person in self._guests}
        known |= {change.field for change in self._changes}
        now = clock.now()
        return [change_left(field, who, now) for field, who in found.items() if field not in known]

    async def reap(self) -> None:
        """Takes back what processes had added that have given no sign of life."""
        redis = store.loop_client()
        before = await redis_time() - self._hub.conf.lease_seconds
        silent: list[tuple[bytes, float]] = cast(
            "list[tuple[bytes, float]]", await redis.zrangebyscore(PROCESSES, "-inf", before, withscores=True)
        )
        for process, seen in silent:
            name = store.text(process)
            if name == self.process or not await redis.set(REAPING + name, self.process, nx=True, ex=REAPING_SECONDS):
                continue
            # Whoever buried it first is done, or it was only slow, and has given a sign of life since.
            if await redis.zscore(PROCESSES, name) == seen:
                await self._bury(name, datetime.fromtimestamp(seen, UTC))
            await redis.delete(REAPING + name)

    async def _bury(self, process: str, seen: datetime) -> None:
        redis = store.loop_client()
        mine = mine_key(process)
        # What it owed comes before its people's leaving; both are ours to tell from here on, even if we die as well.
        await redis.eval(INHERIT, 2, owed_key(process), owed_key(self.process))
        for _round in range(MOST_ROUNDS):
            cursor = None
            while cursor != 0:
                # What stands in the hash all the while is found once at least, whatever goes out of it meanwhile.
                cursor, found = await cast(Awaitable[Any], redis.hscan(mine, cursor or 0, count=MOST_AT_ONCE))
                await self._run([change_left(store.text(field), value, seen) for field, value in found.items()], mine)
            if not await redis.hlen(mine):
                break
        else:
            return  # it counts people still, and is not so dead: its lease is looked at again
        await self._hub.upkeep.note_death()
        await redis.zrem(PROCESSES, process)
        self._wanted.set()
        logger.warning("A live process had died; its people were counted out.")

    async def end(self) -> None:
        self.let_go(everybody=True)
        paid = await self.flush()
        try:
            if paid:
                await store.loop_client().zrem(PROCESSES, self.process)
        except store.Failed:
            paid = False
        if not paid:
            logger.warning("Another process will count our people out, and tell it.")


async def redis_time() -> float:
    """Leases are measured by the one clock that all processes share."""
    seconds, microseconds = await store.loop_client().time()
    return float(seconds) + float(microseconds) / 1_000_000


def packed(who: Who) -> str:
    return encoded([who.user_id, who.event_id, who.name, sorted(who.roles), who.epoch])


def encoded(words: list[Any]) -> str:
    return msgspec.json.encode(words).decode()


def unpacked(words: str | bytes) -> Who:
    user_id, event_id, name, roles, epoch = msgspec.json.decode(words)
    return Who(user_id, event_id, name, frozenset(roles), epoch)


def change_left(field: str, who: bytes, seen: datetime) -> Change:
    event_id, topic, person = field.split(":", 2)
    return Change((int(event_id), topic), person, unpacked(who), False, seen)


def change_owed(words: str) -> Change:
    """What `Change.owed` wrote; each process that inherited it has put a letter before it."""
    plain = words.lstrip("i")
    event_id, topic, person, who, enters, at = msgspec.json.decode(plain)
    place = (int(event_id), str(topic))
    return Change(place, person, unpacked(who), enters, datetime.fromisoformat(at), plain != words)
