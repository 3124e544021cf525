"""The door that encoders connect to: whoever does not prove itself in time, or says what no encoder says, is put out,
and nobody else notices."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

from apps.core.errors import Refused
from apps.media.adapters.ingest.asking import Asking
from apps.media.adapters.ingest.desk import Desk
from apps.media.adapters.ingest.feed import Feed
from apps.media.adapters.ingest.ports import open_port
from apps.media.adapters.rtmp import flv, h264, session
from apps.media.adapters.rtmp.session import Session

logger = logging.getLogger(__name__)

GREETING_SECONDS = 10.0
"""From connecting until a key is given."""
SILENCE_SECONDS = 10.0
"""A line on which nothing comes for so long is dead; the encoder connects again."""
SEND_SECONDS = 5.0
MOST_CONNECTIONS = 300
MOST_STRANGERS = 100
READ_BYTES = 64 * 1024
THREADS = 8


class Gate:
    def __init__(self, desk: Desk, *, sides: list[int]) -> None:
        self.desk, self.sides = desk, sides
        self.ask = Asking(THREADS)
        self._calls: set[asyncio.Task[None]] = set()
        self._strangers: dict[asyncio.Task[Any] | None, None] = {}
        """Those who came first first."""

    async def serve(self, host: str, port: int, *, until: asyncio.Event, ready: Callable[[int], None]) -> None:
        """Until it is told to stop; then takes are brought to their end, and encoders connect elsewhere."""
        server = await open_port(
            lambda: asyncio.start_server(self._meet, host, port, limit=READ_BYTES), port, until=until
        )
        if server is None:
            return
        ready(server.sockets[0].getsockname()[1])
        await until.wait()
        server.close()
        calls = set(self._calls)
        for call in calls:
            call.cancel()
        if calls:
            await asyncio.wait(calls, timeout=30)
        self.ask.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._calls) >= MOST_CONNECTIONS:
            writer.close()
            return
        task = asyncio.current_task()
        if task is not None:
            self._calls.add(task)
        try:
            await Call(self, reader, writer).run()
        except asyncio.CancelledError:
            pass  # we are told to stop
        except Exception:
            logger.exception("A connection of an encoder has failed.")
        finally:
            if task is not None:
                self._calls.discard(task)
            writer.close()

    @contextlib.contextmanager
    def stranger(self) -> Any:
        """Of too many the one that has waited longest is put out: an encoder gives its key at once, and whoever fills
        the door with lines that say nothing keeps none out."""
        if len(self._strangers) >= MOST_STRANGERS and (first := next(iter(self._strangers))):
            del self._strangers[first]
            first.cancel()
        task = asyncio.current_task()
        self._strangers[task] = None
        try:
            yield
        finally:
            self._strangers.pop(task, None)


class Call:
    """One connection."""

    def __init__(self, gate: Gate, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.gate, self.reader, self.writer = gate, reader, writer
        self.session = Session()

    async def run(self) -> None:
        try:
            with self.gate.stranger():
                async with asyncio.timeout(GREETING_SECONDS):
                    found = await self._let_in()
            if found is not None:
                feed, early = found
                await self._carry(feed, early)
        except (session.BadTalk, TimeoutError, ConnectionError, flv.UnknownCodec, h264.BadSetup) as error:
            logger.info("An encoder was put out: %r", error)

    async def _let_in(self) -> tuple[Feed, list[session.Fact]] | None:
        """The feed, and what came with its wish; None where it may not, or has gone."""
        while True:
            facts = await self._hear()
            if facts is None:
                return None
            for n, fact in enumerate(facts):
                if not isinstance(fact, session.Wish):
                    continue
                try:
                    publisher = await self.gate.ask(self.gate.desk.admit, fact.name)
                except Refused as refused:
                    logger.info("An encoder was refused: %s", refused.code)
                    self.session.refuse(refused.code)
                    await self._send()
                    return None
                self.session.accept()
                await self._send()
                return Feed(self.gate.desk, self.gate.ask, publisher, self.gate.sides), facts[n + 1 :]

    async def _carry(self, feed: Feed, early: list[session.Fact]) -> None:
        """Until the encoder goes, or is cut off, or the gate closes."""
        stays = asyncio.create_task(feed.stay())
        hears = asyncio.create_task(self._listen(feed, early))
        try:
            done, _pending = await asyncio.wait({stays, hears}, return_when=asyncio.FIRST_COMPLETED)
            # At once, so that whoever is cut off is so before what they sent is put in order.
            self.writer.transport.abort() if stays in done else self.writer.close()
            for task in done:
                task.result()
        finally:
            for task in (stays, hears):
                task.cancel()
            await asyncio.gather(stays, hears, return_exceptions=True)
            await asyncio.shield(feed.end())

    async def _listen(self, feed: Feed, early: list[session.Fact]) -> None:
        facts: list[session.Fact] | None = early
        while facts is not None:
            for fact in facts:
                if isinstance(fact, session.Goodbye):
                    return
                if isinstance(fact, session.Notes):
                    feed.fps = fact.fps
                elif isinstance(fact, session.Picture | session.Sound):
                    tag = _tag(fact)
                    if tag is not None:
                        feed.add(tag)
            async with asyncio.timeout(SILENCE_SECONDS):
                facts = await self._hear()

    async def _hear(self) -> list[session.Fact] | None:
        data = await self.reader.read(READ_BYTES)
        if not data:
            return None
        facts = self.session.feed(data)
        await self._send()
        return facts

    async def _send(self) -> None:
        if answer := self.session.answer():
            self.writer.write(answer)
            async with asyncio.timeout(SEND_SECONDS):
                await self.writer.drain()


def _tag(fact: session.Picture | session.Sound) -> flv.Tag | None:
    if isinstance(fact, session.Picture):
        return flv.picture(fact.time, fact.payload)
    return flv.sound(fact.time, fact.payload)
