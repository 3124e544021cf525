"""How a connection comes to hear a topic: the guard once, then what it missed, then everything that follows."""

import asyncio
import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils import translation

from apps.core import refusing
from apps.core.errors import Refused
from apps.live import layer, refusals, store, tickets, wire
from apps.live.away import AWAY
from apps.live.channel import LogChannel, StateChannel
from apps.live.connection import Connection
from apps.live.places import stands_at
from apps.live.registry import LogTopic, Match, Who, resolve

if TYPE_CHECKING:
    from apps.live.hub import AnyChannel, Hub

logger = logging.getLogger(__name__)

TOPIC = re.compile(r"[a-z0-9/_.-]{1,60}")
"""What the log repeats of a name: one that somebody made up may say anything."""
MOST_TRIES = 5
MOST_WAIT_SECONDS = 5.0
Rows = list[tuple[int, bytes]]
NOTHING: frozenset[str] = frozenset()


class Joining:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    async def join(self, connection: Connection, wanted: dict[str, int | None]) -> None:
        """Joins each topic that this person may read, from the position their page shows; refuses the others."""
        held = connection.topics
        if len(held) + len(wanted) > wire.MOST_TOPICS and (
            len({channel.name for channel in held} | wanted.keys()) > wire.MOST_TOPICS
        ):
            self._hub.tell(connection, error(connection.who, refusals.topics_too_many()))
            return
        turn = self._hub.again.turn(connection.who.event_id)
        granted = await self._granted(connection, wanted)
        for match in granted:
            # All of them begin to open; below each is waited for.
            self._begin(connection.who.event_id, match, wanted[match.name])
        for match in granted:
            try:
                channel = await self._join_one(connection, match, wanted[match.name])
                if turn != self._hub.again.turn(connection.who.event_id):
                    # The yes is of the time before others were asked about again.
                    self._hub.tasks.spawn(self._hub.again.ask(connection, channel))
            except AWAY as failure:
                logger.warning("The topic %s could not be opened: %r", match.name, failure)
                self._refuse(connection, match.name, refusals.unavailable())
            except Exception:
                logger.exception("The topic %s could not be joined.", match.name)
                self._refuse(connection, match.name, refusals.failed())
        if granted and not connection.resumed_at:
            self.give_resume(connection)

    def leave(self, connection: Connection, names: list[str]) -> None:
        for channel in [channel for channel in connection.topics if channel.name in names]:
            self._hub.leave(connection, channel)

    def give_resume(self, connection: Connection) -> None:
        """The ticket with which this person comes back to what they hear now; the sweep renews it."""
        if not connection.gone:
            connection.resumed_at = self._hub.loop.time()
            ticket = tickets.issue_resume(connection.who, [channel.name for channel in connection.topics])
            self._hub.tell(connection, wire.resume(ticket, tickets.RESUME_SECONDS))

    async def _granted(self, connection: Connection, names: Iterable[str]) -> list[Match]:
        """Those of these topics that this person may read; why not the others, they are told."""
        before = await self._opened_before(connection)
        granted, asked = [], []
        for name in names:
            match = resolve(name)
            if match is None:
                self._refuse(connection, name, refusals.topic_unknown())
            elif not connection.who.may(match.topic.access):
                self._refuse(connection, name, refusals.access_refused())
            elif name in before:
                granted.append(match)
            else:
                asked.append(match)
        if asked:
            for match, refusal in zip(asked, await self._hub.guards.ask(connection.who, asked), strict=True):
                if refusal is None:
                    granted.append(match)
                else:
                    self._refuse(connection, match.name, refusal)
        return granted

    def _refuse(self, connection: Connection, name: str, refusal: Refused) -> None:
        self._hub.tell(connection, error(connection.who, refusal, topic=name))

    async def _opened_before(self, connection: Connection) -> frozenset[str]:
        """The topics that a resume ticket opens: none at a place that was asked about again since it may be."""
        before, connection.grants = connection.grants, None
        if before is None:
            return NOTHING
        try:
            doubts = await self._hub.again.doubts(connection.who.event_id, before.given_at)
        except AWAY:
            return NOTHING
        return frozenset(name for name in before.topics if not stands_at(name, doubts))

    async def _join_one(self, connection: Connection, match: Match, known: int | None) -> "AnyChannel":
        channel = self._hub.channels.get((connection.who.event_id, match.name))
        if channel is None or channel.opening is not None:
            channel = await self.open(connection.who.event_id, match, known)
        channel.joining += 1  # or it might be let go meanwhile, and nobody would hear of it
        try:
            frames = await self._frames(channel, known)
        finally:
            channel.joining -= 1
        # From here to the end nothing is awaited: no message can slip in between the replay and the joining.
        if connection.gone:
            return channel
        self._hub.tell(connection, b"".join((channel.joined, *frames)))
        newly = channel not in connection.topics
        channel.admit(connection)
        if newly and channel.topic.presence:
            self._hub.here.enter(connection, match)
        return channel

    async def _frames(self, channel: "AnyChannel", known: int | None) -> list[bytes]:
        """What follows `known`, as far as the channel stands when this returns."""
        if isinstance(channel, LogChannel):
            return [] if known is None or known == channel.seq else await self._missed(channel, known)
        if known is not None and known >= channel.version:
            return []
        if not channel.frame:
            await self.refresh(channel)
        return [channel.frame]

    async def open(self, event_id: int, match: Match, known: int | None = None) -> "AnyChannel":
        """The channel of this topic, heard and up to date. Many may ask at once; it is opened once. A state topic
        whose newest version is `known` may hold no value yet."""
        channel = self._begin(event_id, match, known)
        if channel.opening is not None:
            await asyncio.shield(channel.opening)
        return channel

    def _begin(self, event_id: int, match: Match, known: int | None) -> "AnyChannel":
        key = (event_id, match.name)
        channel = self._hub.channels.get(key)
        if channel is None:
            channel = self._hub.channels[key] = self._hub.new_channel(event_id, match)
            channel.opening = self._hub.loop.create_task(self._open(channel, known))
            channel.opening.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may wait
        return channel

    async def _open(self, channel: "AnyChannel", known: int | None) -> None:
        group = layer.group(channel.event_id, channel.name)
        try:
            await self._hub.subscriptions.add(group)
            await self.refresh(channel, known)
            channel.empty_since = asyncio.get_running_loop().time()
            channel.opening = None
        except BaseException:
            with suppress(*store.ConnectionFailed):
                await self._hub.subscriptions.discard(group)
            self._hub.channels.pop((channel.event_id, channel.name), None)
            raise

    async def refresh(self, channel: "AnyChannel", known: int | None = None) -> None:
        """Brings a channel up to date from the database, in case something was not heard."""
        if isinstance(channel, StateChannel):
            await self._hub.reading.read(channel, known)
        else:
            head = await self._hub.executor.run(read_head, channel)
            if channel.seq < 0:
                channel.start(head)
            elif head > channel.seq:
                await self.fill(channel, head)
        self._hub.speak(channel)

    # What is missing in a log

    async def _missed(self, channel: LogChannel, known: int) -> list[bytes]:
        """The frames after `known`, ending exactly where the channel stands when this returns."""
        if known > channel.seq:
            # The page has seen more than this process: we are behind, or the page is of another time.
            await self.refresh(channel)
            if known > channel.seq:
                return [wire.reset(channel.name, channel.seq)]
        frames: list[bytes] = []
        most = channel.topic.replay_most
        for _ in range(MOST_TRIES):
            rest = channel.since(known)
            if rest is not None:
                return frames + rest
            rows = await self._hub.executor.run(read_rows, channel, known, most + 1)
            if len(rows) + len(frames) > most:
                break
            frames += [wire.log_message(channel.name, seq, data) for seq, data in rows]
            known = max(known, rows[-1][0]) if rows else channel.ring_after
        return [wire.reset(channel.name, channel.seq)]

    def fill_soon(self, channel: LogChannel) -> None:
        """A message is missing. Most often it is about to arrive; if not, it is fetched."""
        if channel.filling is None and channel.seq >= 0:
            channel.filling = self._hub.tasks.spawn(self._fill_gap(channel))

    async def _fill_gap(self, channel: LogChannel) -> None:
        wait = self._hub.conf.fill_seconds
        try:
            await asyncio.sleep(wait)
            while channel.ahead:
                try:
                    await self.fill(channel, max(channel.ahead))
                except Exception:
                    logger.exception("What is missing in %s could not be fetched; it is tried again.", channel.name)
                    wait = min(wait * 2, MOST_WAIT_SECONDS)
                    await asyncio.sleep(wait)
        finally:
            channel.filling = None

    async def fill(self, channel: LogChannel, upto: int) -> None:
        """Fetches what lies between the channel and `upto`, which is known to be committed."""
        most = channel.topic.replay_most
        rows = await self._hub.executor.run(read_rows, channel, channel.seq, most + 1)
        if len(rows) > most:
            channel.reset(await self._hub.executor.run(read_head, channel))
        else:
            channel.fill(rows, upto)
        self._hub.speak(channel)


# In threads


def read_head(channel: LogChannel) -> int:
    return channel.topic.head(channel.event_id, **channel.match.params)


def read_rows(channel: LogChannel, after: int, limit: int) -> Rows:
    rows = channel.topic.replay(channel.event_id, after=after, limit=limit, **channel.match.params)
    return [(seq, wire.encode(payload)) for seq, payload in rows]


def error(who: Who, refusal: Refused, **words: Any) -> bytes:
    """A refusal in the reader's language, and a line of it in the log."""
    topic = str(words.get("topic") or "")
    where = (topic if TOPIC.fullmatch(topic) else "topic") if topic else "command"
    refusing.write(who=who.user_id, where=where, code=refusal.code, event_id=who.event_id)
    with translation.override(who.language or None):
        return wire.error(refusal, **words)


def has_own_head(topic: LogTopic) -> bool:
    return type(topic).head is not LogTopic.head
