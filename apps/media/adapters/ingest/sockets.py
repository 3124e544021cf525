"""The door that browsers come to: a WebSocket for each person in a green room, over which their recorder's chunks come.

The first text says who it is (`Hello`); what is answered is their place (`{"id": …}`), or the socket closes with a
code of ours as its reason. Then binary chunks come, and texts that say what else changed (`Word`). A beat goes back
each second, so that a page notices a dead line.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from apps.core.errors import Refused
from apps.media.adapters.ingest.asking import Asking
from apps.media.adapters.ingest.desk import GreenDesk
from apps.media.adapters.ingest.feed import Feed
from apps.media.adapters.ingest.ports import open_port
from apps.media.adapters.ingest.recorder import FPS, Recorder
from apps.media.adapters.rtmp import flv, h264

logger = logging.getLogger(__name__)

GREETING_SECONDS = 10.0
SILENCE_SECONDS = 5.0
"""A recorder sends four times a second; a line on which nothing comes for so long is dead."""
BEAT_SECONDS = 1.0
WORD_SECONDS = 0.2
"""For so long nothing more is heard of somebody who said a word: each is a step of the database."""
GLIMPSE_SECONDS = 1.0
MOST_SOCKETS = 60
MOST_STRANGERS = 30
"""Connected, and not let in yet."""
MOST_CHUNK_BYTES = 1024 * 1024
THREADS = 4
REFUSED, SLOW, CUT, BROKEN = 4403, 4008, 4001, 4011
Shows = Literal["camera", "screen", "both"]


class Hello(msgspec.Struct):
    ticket: Annotated[str, msgspec.Meta(max_length=500)]
    kind: Literal["video/webm", "video/mp4"]
    shows: Shows = "camera"
    has_sound: bool = True


class Word(msgspec.Struct, omit_defaults=True):
    """What somebody says of themselves after that; what is left out stays as it is."""

    is_ready: bool | msgspec.UnsetType = msgspec.UNSET
    shows: Shows | msgspec.UnsetType = msgspec.UNSET
    has_sound: bool | msgspec.UnsetType = msgspec.UNSET
    leaves: bool = False


class Sockets:
    def __init__(self, desk: GreenDesk, *, path: str, sides: list[int]) -> None:
        self.desk, self.path, self.sides = desk, path, sides
        self.ask = Asking(THREADS)
        self._open = 0
        self._strangers: dict[ServerConnection, None] = {}
        """Those who came first first."""

    async def serve(self, host: str, port: int, *, until: asyncio.Event, ready: Callable[[int], None]) -> None:
        """Until it is told to stop; then takes are brought to their end, and pages come back elsewhere."""
        server = await open_port(
            lambda: serve(
                self._meet, host, port, process_request=self._look, compression=None, max_size=MOST_CHUNK_BYTES,
                open_timeout=GREETING_SECONDS, close_timeout=1, server_header=None, create_connection=_lines_of(self),
            ),
            port, until=until,
        )  # fmt: skip
        if server is None:
            return
        ready(next(iter(server.sockets)).getsockname()[1])
        await until.wait()
        server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 30)
        self.ask.close()

    def _look(self, socket: ServerConnection, request: Request) -> Response | None:
        """Before the handshake; None lets it go on."""
        if request.path != self.path:
            return socket.respond(HTTPStatus.NOT_FOUND, "")
        if self._open >= MOST_SOCKETS:
            return socket.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
        return None

    def met(self, socket: ServerConnection) -> None:
        """Of too many strangers the one that has waited longest is put out: a page gives its ticket at once, and
        whoever fills the door with lines that say nothing keeps none out."""
        if len(self._strangers) >= MOST_STRANGERS:
            first = next(iter(self._strangers))
            del self._strangers[first]
            first.transport.abort()
        self._strangers[socket] = None

    def is_no_stranger(self, socket: ServerConnection) -> None:
        """They were let in, or have gone."""
        self._strangers.pop(socket, None)

    async def _meet(self, socket: ServerConnection) -> None:
        try:
            who, kind = await self._let_in(socket)
            if who is not None:
                await self._receive(Visit(self, socket, who, kind))
        except (ConnectionClosed, TimeoutError, msgspec.DecodeError) as error:
            logger.info("Somebody was put out of a green room: %r", error)

    async def _receive(self, visit: "Visit") -> None:
        self.is_no_stranger(visit.socket)
        self._open += 1
        try:
            await visit.run()
        finally:
            self._open -= 1

    async def _let_in(self, socket: ServerConnection) -> tuple[Any, str]:
        try:
            async with asyncio.timeout(GREETING_SECONDS):
                hello = msgspec.json.decode(await socket.recv(), type=Hello)
                who = await self.ask(self.desk.admit, hello.ticket, shows=hello.shows, has_sound=hello.has_sound)
                return who, hello.kind
        except Refused as refused:
            await socket.close(REFUSED, refused.code)
            return None, ""


def _lines_of(sockets: Sockets) -> type[ServerConnection]:
    """Connections that are strangers from their first byte on, before the handshake too."""

    class Line(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            sockets.met(self)

        def connection_lost(self, error: Exception | None) -> None:
            sockets.is_no_stranger(self)
            super().connection_lost(error)

    return Line


class Visit:
    """One connection of somebody who was let in."""

    def __init__(self, sockets: Sockets, socket: ServerConnection, who: Any, kind: str) -> None:
        self.sockets, self.socket, self.who = sockets, socket, who
        self.feed = Feed(sockets.desk, sockets.ask, who, sockets.sides)
        self.feed.fps = float(FPS)
        self.recorder = Recorder(kind)

    async def run(self) -> None:
        tasks: list[asyncio.Task[None]] = []
        try:
            await self.recorder.start()
            await self.socket.send(json.dumps({"id": self.who.contribution_id}))
            ways = (self.feed.stay(), self._read(), self._listen(), self._beat(), self._show())
            tasks = [asyncio.create_task(way) for way in ways]
            stays, reads, hears, _beats, _shows = tasks
            done, _pending = await asyncio.wait({stays, reads, hears}, return_when=asyncio.FIRST_COMPLETED)
            # At once, before what they sent is put in order.
            if stays in done:
                await self.socket.close(CUT, self.feed.cut)
            elif reads in done:
                await self.socket.close(BROKEN, "recording")
            for task in done:
                task.result()
        except (flv.UnknownCodec, h264.BadSetup):
            logger.exception("ffmpeg wrote what cannot be read.")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._end())

    async def _end(self) -> None:
        await self.recorder.end()
        await self.feed.end()

    async def _read(self) -> None:
        async for tag in self.recorder.tags():
            self.feed.add(tag)

    async def _listen(self) -> None:
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await self.socket.recv()
            if isinstance(message, bytes):
                if not self.recorder.write(message):
                    await self.socket.close(SLOW, "slow")
                    return
            elif await self._heard(msgspec.json.decode(message, type=Word)):
                await asyncio.sleep(WORD_SECONDS)
            else:
                return

    async def _heard(self, word: Word) -> bool:
        """False where they leave."""
        if word.leaves:
            await self.sockets.ask(self.sockets.desk.leave_for_good, self.who)
            await self.socket.close()
            return False
        said = msgspec.to_builtins(word)
        if said:
            await self.sockets.ask(self.sockets.desk.note, self.who, said)
        return True

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self.socket.send("{}")

    async def _show(self) -> None:
        """Whatever the recording says of its own clock, once a second at most."""
        while True:
            await asyncio.sleep(GLIMPSE_SECONDS)
            if (seen := self.recorder.glimpse()) is None:
                continue
            picture, loudness = seen
            try:
                await self.sockets.ask(self.sockets.desk.show, self.who, picture=picture, loudness=loudness)
            except Exception:
                logger.exception("A glimpse of a green room could not be shown.")
