"""The embedded front's way to the `ingest` role for green rooms: one socket is tied to another. In production the
balancer does it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

UNREACHABLE = 1013


class Relay:
    """Passes sockets of `path` on to the same path at this port, and everything else to the application."""

    def __init__(self, app: App, *, path: str, port: int) -> None:
        self.app, self.path, self.address = app, path, f"ws://127.0.0.1:{port}{path}"

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or scope["path"] != self.path:
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.accept"})
        try:
            async with connect(self.address, compression=None, proxy=None, open_timeout=5, close_timeout=1) as there:
                await _tie(there, receive, send)
                code, reason = there.close_code, there.close_reason
        except (OSError, InvalidHandshake, TimeoutError):
            code, reason = UNREACHABLE, ""
        await send({"type": "websocket.close", "code": code or UNREACHABLE, "reason": reason or ""})


async def _tie(there: ClientConnection, receive: Receive, send: Send) -> None:
    """Until either side ends. A slow reader is not read from either."""

    async def go() -> None:
        while (message := await receive())["type"] == "websocket.receive":
            data = message.get("bytes")
            await there.send(message.get("text", "") if data is None else data)

    async def come() -> None:
        async for message in there:
            said = {"text": message} if isinstance(message, str) else {"bytes": message}
            await send({"type": "websocket.send", **said})

    ways = [asyncio.create_task(go()), asyncio.create_task(come())]
    done, pending = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in pending:
        way.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for way in done:
        with contextlib.suppress(ConnectionClosed):
            way.result()
