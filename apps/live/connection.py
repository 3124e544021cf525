"""One socket, as the hub sees it: something that takes finished frames, and is let go when it cannot keep up."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol

from apps.live import wire
from apps.live.limits import Bucket, Flood
from apps.live.registry import Who
from apps.live.tickets import Pass

if TYPE_CHECKING:
    from apps.live.channel import Channel
    from apps.live.hub import Hub
    from apps.live.transport import SocketProtocol

Send = Callable[[dict[str, Any]], Awaitable[None]]
CLOSE_SECONDS = 5.0


class Outlet(Protocol):
    """Takes whole server frames, joined."""

    def write(self, frames: bytes, /) -> None: ...


class Reached:
    """A class of its own, so that the outlet stands first: in the line of memory that a pass over thousands of
    connections reads anyway."""

    __slots__ = ("outlet",)


class Connection(Reached, ABC):
    """What it is told goes to its `outlet`. A connection that has missed something is never written to again: it is
    closed, and resumes by its positions. Nor is one that is gone.

    Thousands of these are alive at once: what is added here is multiplied by them.
    """

    __slots__ = (
        "address",
        "behind_since",
        "bucket",
        "flood",
        "gone",
        "grants",
        "heard_at",
        "hub",
        "person",
        "resumed_at",
        "topics",
        "who",
    )

    answers_pings = False
    """Whether `heard_at` tells us when the other side was last heard."""

    def __init__(self, hub: "Hub", who: Who, person: str, grants: Pass | None = None) -> None:
        now = hub.loop.time()
        self.hub = hub
        self.who = who
        self.person = person
        self.grants = grants
        """The resume ticket whose topics open without asking anew; the first joining takes them."""
        self.address = ""
        """Where it comes from, of those with a role alone: the audit log says it."""
        self.topics: tuple[Channel[Any], ...] = ()
        self.bucket = Bucket(hub.conf.frames, now)
        self.flood: Flood | None = None
        """Of those who were too quick."""
        self.resumed_at = 0.0
        """When this person was last given a resume ticket; 0: it is due."""
        self.behind_since: float | None = None
        self.heard_at = now
        self.gone = False
        self.outlet: Outlet = self

    @abstractmethod
    def write(self, frames: bytes, /) -> None:
        """Where the outlet is the connection itself."""

    def let_go(self) -> None:
        """From now on nothing is written to it."""
        self.gone = True
        self.outlet = NOBODY

    @property
    @abstractmethod
    def unsent(self) -> int: ...

    def look(self) -> None:
        """Brings `heard_at` up to date, where the server lets us."""

    @abstractmethod
    async def close(self, code: int, reason: str) -> None:
        """Says goodbye; the hub has let go of this connection before, so that nothing follows the close frame."""

    @abstractmethod
    def abort(self) -> None:
        """Ends it without a word, for somebody who isn't listening."""


class Nobody:
    """Says something to somebody who is not to hear it."""

    __slots__ = ()

    def write(self, frames: bytes, /) -> None:
        pass


NOBODY = Nobody()


class TransportConnection(Connection):
    """The fast way: the socket is ours, frames go to its transport as they are. See `transport.py`.

    The outlet is the transport itself while all is well, so that a pass over thousands of sockets runs no Python for
    each of them, and reads nothing of them but where it is; what happens to the socket exchanges it.
    """

    __slots__ = ("_is_full", "_protocol")
    answers_pings = True

    def __init__(
        self, hub: "Hub", who: Who, person: str, grants: Pass | None = None, *, protocol: "SocketProtocol"
    ) -> None:
        super().__init__(hub, who, person, grants)
        self._protocol = protocol
        self._is_full = False
        self.outlet = protocol.transport

    def write(self, frames: bytes, /) -> None:
        """Something that there is no room for."""
        self.behind_since = self.hub.loop.time()
        self.outlet = NOBODY

    @property
    def unsent(self) -> int:
        return self._protocol.transport.get_write_buffer_size()

    def look(self) -> None:
        self.heard_at = max(self.heard_at, self._protocol.last_pong)

    async def close(self, code: int, reason: str) -> None:
        if self._is_full:
            self.abort()
        else:
            self._protocol.close(code, reason)

    def abort(self) -> None:
        self._protocol.transport.abort()

    # From the socket

    def heard(self, text: str | None) -> "asyncio.Task[None] | None":
        work = self.hub.hearing.hear(self, text)
        return None if work is None else self.hub.tasks.spawn(work)

    def full(self) -> None:
        self._is_full = True
        if not self.gone and self.behind_since is None:
            self.outlet = self

    def drained(self) -> None:
        self._is_full = False
        if not self.gone and self.behind_since is None:
            self.outlet = self._protocol.transport

    def lost(self) -> None:
        self.hub.drop(self)

    def leaving(self) -> None:
        self.hub.start_drain()


class SendConnection(Connection):
    """The portable way, on any ASGI server: each text by the server's own `send`, one after the other."""

    __slots__ = ("_cancel", "_pump", "_queue", "_send", "_unsent")

    def __init__(
        self,
        hub: "Hub",
        who: Who,
        person: str,
        grants: Pass | None = None,
        *,
        send: Send,
        cancel: Callable[[], Any],
    ) -> None:
        super().__init__(hub, who, person, grants)
        self._send = send
        self._cancel = cancel
        self._queue: deque[bytes] = deque()
        self._unsent = 0
        self._pump: asyncio.Task[None] | None = None

    def write(self, frames: bytes, /) -> None:
        if self.behind_since is not None:
            return
        if self._unsent > self.hub.conf.most_unsent_bytes:
            self.behind_since = self.hub.loop.time()
            return
        self._unsent += len(frames)
        self._queue.append(frames)
        if self._pump is None:
            self._pump = self.hub.loop.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._queue:
                frames = self._queue.popleft()
                for text in wire.texts(frames):
                    await self._send({"type": "websocket.send", "text": text})
                self._unsent -= len(frames)
        except (OSError, RuntimeError):
            # The server says it is closed; its disconnect message follows.
            self._queue.clear()
        finally:
            self._pump = None

    @property
    def unsent(self) -> int:
        return self._unsent

    async def close(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                if self._pump is not None:
                    await self._pump
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (TimeoutError, OSError, RuntimeError):
            self.abort()

    def abort(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
        self._cancel()
