"""The heart of a live process: it hears each topic once, and writes the same bytes to every local socket.

One broadcast costs one message on the channel layer, one encoding (by the publisher), one frame, and one write
per socket and tick, however many messages and topics the tick holds.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from apps.live import layer, outbox, wire
from apps.live.again import Again
from apps.live.background import Tasks
from apps.live.channel import Channel, LogChannel, StateChannel
from apps.live.commands import Commands
from apps.live.conf import Conf
from apps.live.connection import Connection
from apps.live.delivery import Delivery
from apps.live.executor import Executor
from apps.live.guards import Guards
from apps.live.hearing import Hearing
from apps.live.here import Here
from apps.live.joining import Joining
from apps.live.reading import Reading
from apps.live.registry import LogTopic, Match, Who
from apps.live.revocation import EVERYBODY, Floors
from apps.live.shedding import Shedding
from apps.live.strangers import Strangers
from apps.live.subscriptions import Subscriptions
from apps.live.ticker import Ticker
from apps.live.upkeep import Upkeep

logger = logging.getLogger(__name__)

STEP_SECONDS = 10.0
MOST_REVOKED_AT_ONCE = 300
REVOKED_PER_SECOND = 500
Key = tuple[int, str]
AnyChannel = LogChannel | StateChannel


class Hub:
    def __init__(self, conf: Conf) -> None:
        self.conf = conf
        self.loop = asyncio.get_running_loop()
        self.connections: set[Connection] = set()
        self.people: dict[tuple[int, str], tuple[Connection, ...]] = {}
        self._revoked: set[Connection] = set()
        """Who is heard no more, and was not told so yet."""
        self.strangers = Strangers(conf.most_strangers_per_address)
        self.channels: dict[Key, AnyChannel] = {}
        self.executor = Executor(conf.executor_threads)
        self.feed_turns = asyncio.Semaphore(conf.feed_reads)
        self.subscriptions = Subscriptions(self._deliver, conf.probe_seconds)
        self.delivery = Delivery(conf)
        self.floors = Floors(self)
        self.tasks = Tasks()
        self.hearing = Hearing(self)
        self.guards = Guards(self)
        self.reading = Reading(self)
        self.joining = Joining(self)
        self.again = Again(self)
        self.commands = Commands(self)
        self.here = Here(self)
        self.ticker = Ticker(self)
        self.upkeep = Upkeep(self)
        self.shedding = Shedding(self)
        self.draining = False

    # Life

    async def start(self) -> None:
        await self.subscriptions.open()
        self.tasks.keep(self.subscriptions.receive, "receive")
        await self.subscriptions.add(layer.control_group())
        await self.upkeep.begin()
        outbox.adopt(self.loop)
        self.tasks.keep(self.delivery.run, "tick")
        self.tasks.keep(self.ticker.run, "ticker")
        self.tasks.keep(self.upkeep.run, "upkeep")
        self.tasks.keep(self.upkeep.keep_lease, "lease")
        self.tasks.keep(self.upkeep.sweep, "sweep")
        self.tasks.keep(self.here.run, "here")
        self.tasks.keep(self.shedding.run, "shedding")

    async def stop(self) -> None:
        """Lets everybody go, tells the features who left, and gives back what the process holds elsewhere.

        Each step has its time: a part that does not answer must not keep the process from ending.
        """
        self.draining = True
        for connection in list(self.connections):
            self.close(connection, wire.CloseCode.RESTART, "restart")
        steps: tuple[Callable[[], Awaitable[object]], ...] = (
            self.tasks.settle,
            self.here.end,
            self.tasks.cancel,
            self._stop_working,
            self._stop_publishing,
            self.subscriptions.close,
        )
        for step in steps:
            try:
                async with asyncio.timeout(STEP_SECONDS):
                    await step()
            except Exception:
                logger.exception("The live engine could not end in order: %s.", getattr(step, "__qualname__", step))

    async def _stop_working(self) -> None:
        await asyncio.to_thread(self.executor.close)

    async def _stop_publishing(self) -> None:
        """What was published last is sent: this loop goes on meanwhile, so another thread waits for it."""
        try:
            if not await asyncio.to_thread(outbox.flush, STEP_SECONDS / 2):
                logger.warning("Not everything that was to be published could be sent.")
        finally:
            outbox.abandon(self.loop)

    # Connections

    def welcome(self, connection: Connection) -> None:
        self.connections.add(connection)
        key = (connection.who.event_id, connection.person)
        self.people[key] = (*self.people.get(key, ()), connection)
        self.tell(connection, wire.hello(self.conf.sweep_seconds))

    def drop(self, connection: Connection) -> None:
        """Forgets a connection: not one more byte is written to it. May be called twice."""
        if connection.gone:
            return
        connection.let_go()
        self.connections.discard(connection)
        self.delivery.forget(connection)
        self.strangers.go(connection.person)
        key = (connection.who.event_id, connection.person)
        others = tuple(other for other in self.people.pop(key, ()) if other is not connection)
        if others:
            self.people[key] = others
        for channel in connection.topics:
            self.leave(connection, channel)

    def sockets_of(self, who: Who) -> int:
        return len(self.people.get((who.event_id, str(who.user_id)), ()))

    def leave(self, connection: Connection, channel: Channel[Any]) -> None:
        channel.dismiss(connection, self.loop.time())
        if channel.topic.presence:
            self.here.leave(connection, channel.name)

    def close(self, connection: Connection, code: int, reason: str) -> None:
        if not connection.gone:
            self.drop(connection)
            self.tasks.spawn(connection.close(code, reason))

    def revoke(self, event_id: int, floors: Mapping[int, int]) -> None:
        """Ends these people's sockets, or everybody's, that were opened before the epoch beside them. May be told the
        same twice."""
        news = self.floors.raise_to(event_id, floors)
        if news:
            self.guards.forget(event_id)
        gone: list[Connection] = []
        for user_id, epoch in news.items():
            if user_id == EVERYBODY:
                theirs = tuple(one for one in self.connections if one.who.event_id == event_id)
            else:
                theirs = self.people.get((event_id, str(user_id)), ())
            gone += [connection for connection in theirs if connection.who.epoch < epoch]
        for connection in gone:
            self.drop(connection)
        if gone:
            self._revoked.update(gone)
            self.tasks.spawn(self._say_revoked(gone))

    async def _say_revoked(self, gone: list[Connection]) -> None:
        """None of them hears anything any more. A whole event, though, must not come for tickets within a second: where
        many are hit, they are told one after the other, in no order, over the time of a drain at most."""
        random.shuffle(gone)
        most = min(self.conf.drain_seconds / len(gone), 1 / REVOKED_PER_SECOND)
        pause = most if len(gone) > MOST_REVOKED_AT_ONCE else 0
        for connection in gone:
            if self.tell_revoked(connection) and pause and not self.draining:
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311

    def tell_revoked(self, connection: Connection) -> bool:
        """Whether they had not been told. Whoever says something is told at once, for it falls on deaf ears."""
        if connection not in self._revoked:
            return False
        self._revoked.discard(connection)
        self.tasks.spawn(connection.close(wire.CloseCode.TICKET, "revoked"))
        return True

    # Speaking

    def tell(self, connection: Connection, frame: bytes) -> None:
        self.delivery.tell(connection, frame)

    def speak(self, channel: AnyChannel) -> None:
        """What rests keeps its newest value, and is told it when the rest is over."""
        if not self.shedding.rests(channel.topic.shed):
            self.delivery.speak(channel)

    def speak_all(self) -> None:
        for channel in self.channels.values():
            self.speak(channel)

    # Hearing

    def _deliver(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "revoke":
            self.revoke(message["event"], {message["user"]: message["epoch"]})
            return
        if kind == "again":
            self.again.hear(message["event"], message["marks"])
            return
        channel = self.channels.get((message["event"], message["topic"]))
        if kind == "log" and isinstance(channel, LogChannel):
            complete = channel.offer(message["items"])
            self.speak(channel)
            if not complete:
                self.joining.fill_soon(channel)
        elif (
            kind == "state" and isinstance(channel, StateChannel) and channel.offer(message["version"], message["data"])
        ):
            self.speak(channel)

    def new_channel(self, event_id: int, match: Match) -> AnyChannel:
        topic = match.topic
        if isinstance(topic, LogTopic):
            return LogChannel(event_id, match, topic, self.conf.ring_messages, self.conf.ring_bytes)
        return StateChannel(event_id, match, topic)

    # Leaving

    def start_drain(self) -> None:
        """Called by the server's shutdown, once for each of its connections."""
        if not self.draining:
            self.draining = True
            self.tasks.spawn(self.upkeep.drain())
