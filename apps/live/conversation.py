"""What an application says and hears at a socket of ours, in ASGI's words, until it takes it over or ends it."""

import asyncio
import logging
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.utils import ClientDisconnected

from apps.live import framing
from apps.live.framing import BINARY, TEXT

if TYPE_CHECKING:
    from apps.live.transport import SocketProtocol

logger = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]
Message = dict[str, Any]


class Conversation:
    def __init__(self, protocol: "SocketProtocol", key: bytes) -> None:
        self._protocol = protocol
        self._key = key
        self._is_answered = False
        self._given = asyncio.Event()
        self._pending: Message | None = {"type": "websocket.connect"}
        self.received: deque[Message] = deque()
        self.drained = asyncio.Event()
        self.drained.set()

    async def run(self, app: Any, scope: Message) -> None:
        protocol = self._protocol
        try:
            await app(scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            logger.exception("The application failed at a socket.")
        if protocol.is_adopted:
            return
        if not self._is_answered and not protocol.transport.is_closing():
            protocol.refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
        protocol.close(1000)

    def give(self, message: Message) -> None:
        self.received.append(message)
        self._given.set()

    async def receive(self) -> Message:
        first, self._pending = self._pending, None
        if first is not None:
            return first
        while not self.received:
            self._given.clear()
            await self._given.wait()
        message = self.received.popleft()
        if message["type"] == "websocket.receive":
            self._protocol.go_on()
        return message

    async def send(self, message: Message) -> None:
        await self.drained.wait()
        protocol, kind = self._protocol, message["type"]
        if protocol.transport.is_closing():
            raise ClientDisconnected
        if not self._is_answered:
            self._is_answered = True
            if kind == "websocket.accept":
                protocol.accept(self._key, message.get("subprotocol"), list(message.get("headers", ())))
            elif kind == "websocket.close":
                protocol.refuse(HTTPStatus.FORBIDDEN)
            else:
                raise RuntimeError(f"A socket is accepted or closed first; {kind} came too early.")
        elif kind == "websocket.close":
            protocol.close(message.get("code", framing.NORMAL), message.get("reason") or "")
        elif kind == "websocket.send" and protocol.is_open:
            text = message.get("text")
            whole = framing.frame(BINARY, message["bytes"]) if text is None else framing.frame(TEXT, text.encode())
            protocol.transport.write(whole)
        else:
            raise ClientDisconnected
