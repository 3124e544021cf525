"""What a connection says: counted, understood, and passed on."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import msgspec

from apps.core.errors import Refused
from apps.live import refusals, wire
from apps.live.connection import Connection
from apps.live.joining import error

if TYPE_CHECKING:
    from apps.live.hub import Hub


class Hearing:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    def hear(self, connection: Connection, text: str | None) -> Coroutine[Any, Any, None] | None:
        """Takes one text (None: something else came). What this returns must be done before the next one is heard."""
        hub = self._hub
        if connection.gone:
            return None
        wait = connection.bucket.take(hub.conf.frames, hub.loop.time())
        if wait:
            connection.refused += 1
            if connection.refused > hub.conf.flood_frames:
                hub.close(connection, wire.CloseCode.FLOOD, "flood")
            else:
                hub.tell(connection, error(connection.who, refusals.too_fast(wait)))
            return None
        connection.refused = 0
        try:
            said = understand(text)
        except Refused as refusal:
            hub.tell(connection, error(connection.who, refusal))
            return None
        if isinstance(said, wire.Do):
            hub.commands.submit(connection, said)
        elif isinstance(said, wire.Join):
            return hub.joining.join(connection, said.topics)
        elif isinstance(said, wire.Leave):
            hub.joining.leave(connection, said.topics)
        else:
            hub.tell(connection, wire.pong())
        return None


def understand(text: str | None) -> wire.ClientFrame:
    if text is None:
        raise refusals.frame_malformed()
    if len(text) * 4 > wire.MOST_FRAME_BYTES and len(text.encode()) > wire.MOST_FRAME_BYTES:
        raise refusals.frame_too_large()
    try:
        return wire.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise refusals.frame_malformed() from None
