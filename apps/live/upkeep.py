"""What a hub does by the clock: keep-alive, slow readers, idle topics, leases, and mending what Redis lost."""

import asyncio
import logging
import random
import secrets
import sys
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist

from apps.core.errors import Refused
from apps.live import dirty, lately, layer, seq, store, tickets, versions, wire
from apps.live.away import AWAY, is_lost
from apps.live.channel import Channel, LogChannel, StateChannel
from apps.live.here import redis_time
from apps.live.joining import has_own_head, read_head

if TYPE_CHECKING:
    from apps.live.hub import AnyChannel, Hub, Key

logger = logging.getLogger(__name__)

ERA = store.key("era")
DEATH = store.key("death")
"""When the newest death of a live process was noticed, as a version. What it had committed last, it may not have marked
as changed any more, and nothing else tells of that."""
SOCKETS_PER_BREATH = 64
MOST_LOOKED_AT = 400
MOST_MENDED = 100
"""Groups at a time: one by one, some hundred would take longer than a lease."""
SILENT_SWEEPS = 2.5
ON_ITS_WAY_SECONDS = 0.2
PRUNE_SECONDS = 60 * 60
SPREAD = 0.2
"""Of a sweep's time: over so long its writes are spread, so that nobody waits for thousands of them."""


class Upkeep:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._era = ""
        self._broken = False
        self._renewing = asyncio.Lock()
        self._death = 0
        self._looked = 0
        """Up to which death, or end of a doubt, every value was looked at again."""
        self._looking: asyncio.Task[None] | None = None
        self._doubted_until: float | None = None
        """Redis came back empty, and may go on forgetting: marks of what changes meanwhile, too."""
        self._prune_at = hub.loop.time() + random.uniform(0, PRUNE_SECONDS)  # noqa: S311

    async def begin(self) -> None:
        self._era = await read_era()
        self._death = self._looked = await read_death()
        await self._renew()

    @property
    def known_since(self) -> int:
        """The version before which Redis may not know of every change; greater than all where that is not known."""
        began, dash, _name = self._era.partition("-")
        return max(int(began), self._death) if dash else sys.maxsize

    # Every second

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._hub.conf.upkeep_seconds)
            self._let_slow_readers_go()
            self._hub.here.let_go()
            await self._leave_idle_topics()
            try:
                await self._watch_redis()
            except AWAY as error:
                if not self._broken:
                    logger.warning("Redis or the database is away (%s); sockets stay, and wait for it.", error)
                self._broken = True

    def _let_slow_readers_go(self) -> None:
        now = self._hub.loop.time()
        for connection in list(self._hub.connections):
            since = connection.behind_since
            if since is None:
                continue
            caught_up = connection.unsent < self._hub.conf.most_unsent_bytes // 4
            if caught_up or now - since > self._hub.conf.slow_seconds:
                self._hub.close(connection, wire.CloseCode.RESYNC, "resync")

    async def _leave_idle_topics(self) -> None:
        now = self._hub.loop.time()
        for key, channel in list(self._hub.channels.items()):
            since = channel.empty_since
            if since is None or channel.is_wanted or now - since < self._hub.conf.linger_seconds:
                continue
            del self._hub.channels[key]
            try:
                await self._hub.subscriptions.discard(layer.group(channel.event_id, channel.name))
            except store.ConnectionFailed:
                logger.debug("Redis is away, and with it the subscription.")

    async def _watch_redis(self) -> None:
        """After Redis was away, or came back empty, nothing that it should have told us can be relied on."""
        era = await read_era()
        if era != self._era or self._broken:
            logger.warning("Redis is back; every topic is heard and read anew.")
            await self._mend_everything()
            if era != self._era:
                self._doubted_until = self._hub.loop.time() + self._hub.conf.lease_seconds
            self._era = era
        elif not await self._is_heard():
            logger.warning("Redis says nothing on the connection of our subscriptions; it is made anew.")
            await self._hub.subscriptions.reopen()
            await self._mend_everything()
        self._broken = False
        self._death = max(self._death, await read_death())
        if self._doubted_until is not None and self._hub.loop.time() >= self._doubted_until:
            self._death = max(self._death, await next_version())
            self._doubted_until = None
        if self._looked < self._death and self._looking is None:
            self._looking = self._hub.tasks.spawn(self._look_again(self._death))

    async def note_death(self) -> None:
        """Every process sees it within a second."""
        await store.loop_client().set(DEATH, await next_version())

    async def _look_again(self, death: int) -> None:
        """Reads the values that are older than a death. What is opening just now, or cannot be read for what is away,
        has its turn in the next second."""
        try:
            old = [one for one in self._states() if one.version < death]
            ready = [one for one in old if one.opening is None]
            left = len(old) - len(ready)
            for first in range(0, len(ready), MOST_LOOKED_AT):
                some = ready[first : first + MOST_LOOKED_AT]
                looks = await asyncio.gather(*map(self._hub.joining.refresh, some), return_exceptions=True)
                left += sum(is_left(one, found, death) for one, found in zip(some, looks, strict=True))
            if not left:
                self._looked = death
        finally:
            self._looking = None

    def _states(self) -> list[StateChannel]:
        return [channel for channel in self._hub.channels.values() if isinstance(channel, StateChannel)]

    async def _is_heard(self) -> bool:
        """All groups share one connection: what is true of one of them is true of all."""
        try:
            await self._hub.subscriptions.prove(layer.control_group())
        except TimeoutError:
            return False
        return True

    async def _mend_everything(self) -> None:
        """Who may no longer hear something comes before what there is to hear."""
        await self._hub.subscriptions.renew(layer.control_group())
        await self._hub.floors.refresh(self._present())
        await self._renew()
        await self._mend(list(self._hub.channels.values()))

    async def _mend(self, channels: "Iterable[AnyChannel]") -> None:
        """Subscribes anew, and fetches what was not heard: some groups at a time, each whatever becomes of the others.
        Raises what was away once all had their turn, or at once where the database cannot be had."""
        groups: dict[str, list[AnyChannel]] = defaultdict(list)
        for channel in channels:
            groups[layer.group(channel.event_id, channel.name)].append(channel)
        away: list[BaseException] = []
        every = list(groups.items())
        for first in range(0, len(every), MOST_MENDED):
            some = every[first : first + MOST_MENDED]
            for found in await asyncio.gather(*(self._mend_group(group, ours) for group, ours in some)):
                away += found
            if any(map(is_lost, away)):
                break
        if away:
            raise away[0]

    async def _mend_group(self, group: str, channels: "list[AnyChannel]") -> list[BaseException]:
        """What was away meanwhile."""
        there = [one for one in channels if one.opening is None and self._hub.channels.get(key_of(one)) is one]
        if not there:
            return []
        heard = await asyncio.gather(self._hub.subscriptions.renew(group), return_exceptions=True)
        looks = await asyncio.gather(*map(self._hub.joining.refresh, there), return_exceptions=True)
        names = [group, *(channel.name for channel in there)]
        found = zip(names, (*heard, *looks), strict=True)
        return [failure for name, failure in found if failure is not None and is_away(name, failure)]

    # Every third of a lease

    async def keep_lease(self) -> None:
        """Apart from all else: who takes long to mend is not dead."""
        patient_until = float("-inf")
        while True:
            pause = self._hub.conf.lease_seconds / 3
            try:
                await self._renew()
                if self._hub.loop.time() >= patient_until:
                    await self._hub.here.reap()
            except AWAY as error:
                logger.debug("No sign of life could be given: %r", error)
                # Nor could others give one. They have as long as a lease for it.
                patient_until = self._hub.loop.time() + self._hub.conf.lease_seconds
                pause = self._hub.conf.upkeep_seconds
            await asyncio.sleep(pause)

    async def _renew(self) -> None:
        async with self._renewing:
            await self._hub.here.renew()

    # Every sweep

    async def sweep(self) -> None:
        while True:
            # A little apart from other processes.
            await asyncio.sleep(self._hub.conf.sweep_seconds * (random.uniform(0.9, 1.0) - SPREAD))  # noqa: S311
            for look in (self._hear_revocations, self.notice_silence, self._prune):
                try:
                    await look()
                except AWAY as error:
                    logger.warning("A sweep could not look for what was not heard: %r", error)
            await self._keep_alive()
            self._hub.commands.forget_idle()

    async def notice_silence(self) -> None:
        """Compares every topic with what it should have told, and mends those that fell silent."""
        should = await self._behind()
        if should:
            # A version is told before its value is: what is only on its way arrives meanwhile.
            await asyncio.sleep(ON_ITS_WAY_SECONDS)
        behind = [channel for channel, at in should if at > channel.position]
        for channel in behind:
            logger.warning("%s had fallen silent; it is heard anew.", channel.name)
        await self._mend(behind)

    async def _behind(self) -> "list[tuple[AnyChannel, int]]":
        """Those that stand before what they should have told, and that."""
        opened = [channel for channel in self._hub.channels.values() if channel.opening is None]
        logs = [channel for channel in opened if isinstance(channel, LogChannel)]
        states = [channel for channel in opened if isinstance(channel, StateChannel)]
        before = {channel: channel.position for channel in opened}
        heads = await self._hub.executor.run(read_heads, logs)
        newest = await dirty.newest([(channel.event_id, channel.name) for channel in states])
        should: list[tuple[AnyChannel, int]] = [*zip(logs, heads, strict=True), *zip(states, newest, strict=True)]
        return [
            (channel, at) for channel, at in should if at > channel.position and channel.position == before[channel]
        ]

    def _present(self) -> set[int]:
        return {connection.who.event_id for connection in self._hub.connections}

    async def _hear_revocations(self) -> None:
        """Before tickets to come back with are given anew: they carry the epoch that their holder came with."""
        await self._hub.floors.refresh(self._present())
        present = self._present()
        self._hub.floors.forget_all_but(present)
        self._hub.guards.forget_all_but(present)
        self._hub.again.forget_all_but(present)

    async def _prune(self) -> None:
        if self._hub.loop.time() >= self._prune_at:
            self._prune_at = self._hub.loop.time() + PRUNE_SECONDS
            await self._hub.executor.run(lately.prune)

    async def _keep_alive(self) -> None:
        now = self._hub.loop.time()
        silent = self._hub.conf.sweep_seconds * SILENT_SWEEPS
        everybody = list(self._hub.connections)
        breath = self._hub.conf.sweep_seconds * SPREAD * SOCKETS_PER_BREATH / max(1, len(everybody))
        # Whoever has the same page open hears the same topics.
        heads: dict[tuple[Channel[Any], ...], bytes] = {}
        for number, connection in enumerate(everybody, start=1):
            if connection.gone:
                continue
            connection.look()
            if connection.answers_pings and now - connection.heard_at > silent:
                self._hub.drop(connection)
                connection.abort()
                continue
            said = heads.get(connection.topics)
            if said is None:
                said = heads[connection.topics] = wire.PING_FRAME + self._heads(connection.topics)
            self._hub.tell(connection, said)
            if connection.topics and now - connection.resumed_at > tickets.RESUME_SECONDS / 3:
                self._hub.joining.give_resume(connection)
            if not number % SOCKETS_PER_BREATH:
                await asyncio.sleep(breath)
                heads.clear()

    def _heads(self, topics: tuple[Channel[Any], ...]) -> bytes:
        """Where these stand. What rests stands at nothing: nobody shall come for what is kept from them."""
        rests = self._hub.shedding.rests
        return wire.heads(
            b",".join(wire.position(topic.name, 0 if rests(topic.topic.shed) else topic.heard) for topic in topics)
        )

    # At the end

    async def drain(self) -> None:
        """Asks everybody to move, spread over the time that the balancer gives us, in no order."""
        leaving = list(self._hub.connections)
        random.shuffle(leaving)
        pause = self._hub.conf.drain_seconds / max(1, len(leaving))
        for connection in leaving:
            self._hub.tell(connection, wire.move())
            self._hub.loop.call_later(
                self._hub.conf.move_seconds, self._hub.close, connection, wire.CloseCode.RESTART, "restart"
            )
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311


def is_left(channel: StateChannel, found: BaseException | None, death: int) -> bool:
    """Whether a look at it must be repeated. Without Redis a value has no version, and none is taken."""
    return (found is None or is_away(channel.name, found)) and channel.version < death


def is_away(name: str, failure: BaseException) -> bool:
    """Whether it is worth another look. What was deleted has nothing to tell, and what is broken would fail again."""
    if isinstance(failure, AWAY):
        return True
    if not isinstance(failure, ObjectDoesNotExist | Refused):
        logger.error("%s could not be heard or read anew.", name, exc_info=failure)
    return False


def key_of(channel: "AnyChannel") -> "Key":
    return channel.event_id, channel.name


async def read_era() -> str:
    """A word that Redis keeps for as long as it keeps anything: since when that is, in the words of `versions`, and a
    name."""
    redis = store.loop_client()
    found = await redis.get(ERA)
    if found is None:
        began = int(await redis_time() * 1_000_000)
        await redis.set(ERA, f"{began}-{secrets.token_hex(8)}", nx=True)
        found = await redis.get(ERA)
    return store.text(found or "")


async def next_version() -> int:
    return int(await store.loop_client().eval(versions.NEXT, 1, versions.KEY))


async def read_death() -> int:
    return int(await store.loop_client().get(DEATH) or 0)


def read_heads(channels: list[LogChannel]) -> list[int]:
    """The committed heads, in one query for all topics that number their messages by `seq`."""
    ours = [channel for channel in channels if not has_own_head(channel.topic)]
    known = seq.heads((channel.event_id, channel.name) for channel in ours)
    return [
        read_head(channel) if has_own_head(channel.topic) else known.get((channel.event_id, channel.name), 0)
        for channel in channels
    ]
