"""What a connection says: counted, understood, and passed on."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import msgspec

from apps.core.errors import Refused
from apps.live import refusals, wire
from apps.live.connection import Connection
from apps.live.joining import error
from apps.live.limits import TELL_SECONDS, Flood

if TYPE_CHECKING:
    from apps.live.hub import Hub


class Hearing:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub

    def hear(self, connection: Connection, text: str | None) -> Coroutine[Any, Any, None] | None:
        """Takes one text (None: something else came). What this returns must be done before the next one is heard."""
        hub = self._hub
        if connection.gone:
            hub.tell_revoked(connection)
            return None
        now = hub.loop.time()
        wait = connection.bucket.take(hub.conf.frames, now)
        if wait:
            self._refuse(connection, wait, now)
            return None
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

    def _refuse(self, connection: Connection, wait: float, now: float) -> None:
        """Whoever is told is asked to wait for longer than nothing more is said: so what was refused meanwhile, and not
        told, is asked again with it."""
        hub = self._hub
        if connection.flood is None:
            connection.flood = Flood(hub.conf.refused, now)
        if connection.flood.is_over(hub.conf.refused, now):
            hub.close(connection, wire.CloseCode.FLOOD, "flood")
        elif connection.flood.is_to_be_told(now):
            hub.tell(connection, error(connection.who, refusals.too_fast(max(wait, TELL_SECONDS))))


def understand(text: str | None) -> wire.ClientFrame:
    if text is None:
        raise refusals.frame_malformed()
    if len(text) * 4 > wire.MOST_FRAME_BYTES and len(text.encode()) > wire.MOST_FRAME_BYTES:
        raise refusals.frame_too_large()
    try:
        return wire.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise refusals.frame_malformed() from None
