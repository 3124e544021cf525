"""One socket, as the hub sees it: something that takes finished frames, and is let go when it cannot keep up."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from apps.live import wire
from apps.live.limits import Bucket
from apps.live.registry import Who

if TYPE_CHECKING:
    from apps.live.channel import Channel

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
CLOSE_SECONDS = 5.0


class Connection:
    """`write` takes whole server frames, joined. A connection that has missed one is never written to again: it
    is closed, and resumes by its positions."""

    __slots__ = ("behind_since", "bucket", "gone", "heard_at", "most_unsent", "person", "refused", "topics", "who")

    answers_pings = False
    """Whether `ping` tells us when the other side was last heard."""

    def __init__(self, who: Who, person: str, bucket: Bucket, most_unsent: int, now: float) -> None:
        self.who = who
        self.person = person
        self.topics: set[Channel[Any]] = set()
        self.bucket = bucket
        self.refused = 0
        self.most_unsent = most_unsent
        self.behind_since: float | None = None
        self.heard_at = now
        self.gone = False

    def write(self, frames: bytes) -> None:
        raise NotImplementedError

    @property
    def unsent(self) -> int:
        raise NotImplementedError

    def ping(self) -> None:
        """Asks the other side for a sign of life, where the server lets us."""

    async def close(self, code: int, reason: str) -> None:
        """Says goodbye; the hub has let go of this connection before, so that nothing follows the close frame."""
        raise NotImplementedError

    def abort(self) -> None:
        """Ends it without a word, for somebody who isn't listening."""
        raise NotImplementedError


class TransportConnection(Connection):
    """The fast way: the frame goes to the server's transport as it is. See `transport.py`."""

    __slots__ = ("_protocol", "_send", "_transport")
    answers_pings = True

    def __init__(self, *args: Any, protocol: Any, send: Send, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._protocol = protocol
        self._transport: asyncio.Transport = protocol.transport
        self._send = send

    def write(self, frames: bytes) -> None:
        transport = self._transport
        if self.gone or self.behind_since is not None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > self.most_unsent:
            self.behind_since = asyncio.get_running_loop().time()
            return
        transport.write(frames)

    @property
    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()

    def ping(self) -> None:
        self.heard_at = max(self.heard_at, self._protocol.last_pong)
        self.write(wire.PING_FRAME)

    async def close(self, code: int, reason: str) -> None:
        if self.unsent > self.most_unsent:
            self.abort()
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (TimeoutError, OSError, RuntimeError):
            self.abort()

    def abort(self) -> None:
        self._transport.abort()


class SendConnection(Connection):
    """The portable way, on any ASGI server: each text by the server's own `send`, one after the other."""

    __slots__ = ("_cancel", "_pump", "_queue", "_send", "_unsent")

    def __init__(self, *args: Any, send: Send, cancel: Callable[[], Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._send = send
        self._cancel = cancel
        self._queue: deque[bytes] = deque()
        self._unsent = 0
        self._pump: asyncio.Task[None] | None = None

    def write(self, frames: bytes) -> None:
        if self.gone or self.behind_since is not None:
            return
        if self._unsent > self.most_unsent:
            self.behind_since = asyncio.get_running_loop().time()
            return
        self._unsent += len(frames)
        self._queue.append(frames)
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._run())

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
