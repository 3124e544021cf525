"""uvicorn's WebSocket protocol, made to hand its transport to the application (ASGI extension `plenary.transport`).

The application finds this object in `scope["extensions"]["plenary.transport"]["protocol"]` and may write whole,
unmasked, uncompressed frames to `.transport` between those that the server writes itself. It must stop before it
sends `websocket.close`. Start uvicorn with `--ws apps.live.transport:TransportProtocol`, compression and
uvicorn's own pings off (`server.py` does).
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

EXTENSION = "plenary.transport"


class TransportProtocol(WebSocketsSansIOProtocol):
    last_pong = 0.0
    """When the other side last answered a ping, on the loop's clock."""
    on_shutdown: Callable[[], None] | None = None
    """Set by the application: the server wants to stop, and this socket shall end soon rather than now."""
    on_lost: Callable[[], None] | None = None
    """Set by the application: the connection is gone, not one byte more can be written."""

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope.setdefault("extensions", {})  # type: ignore[assignment]
        extensions[EXTENSION] = {"protocol": self}
        await super().run_asgi()

    def handle_pong(self, event: Frame) -> None:
        self.last_pong = self.loop.time()
        super().handle_pong(event)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.on_lost is not None:
            self.on_lost()
        super().connection_lost(exc)
        # The application's callbacks hold us, and we them.
        self.on_lost = self.on_shutdown = None

    def shutdown(self) -> None:
        """uvicorn would close every socket at once (1012): all of them would come back in the same second."""
        if self.on_shutdown is not None and self.handshake_complete and not self.close_sent:
            self.on_shutdown()
        else:
            super().shutdown()


def protocol_of(scope: dict[str, Any]) -> TransportProtocol | None:
    """The server's protocol object, where the server is ours and compresses nothing."""
    offered = scope.get("extensions", {}).get(EXTENSION)
    if offered is None:
        return None
    protocol: TransportProtocol = offered["protocol"]
    return None if protocol.conn.extensions else protocol
