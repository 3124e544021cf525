"""One person's socket: lets them in by their ticket, and passes on what they say.

A Channels consumer, but a lean one: it has no channel of its own on the layer (the hub hears for everybody), and
one loop instead of a task and a thread hop per message.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from channels.consumer import AsyncConsumer

from apps.core.errors import Refused
from apps.live import current, refusals, tickets, wire
from apps.live.connection import Connection, Send, SendConnection, TransportConnection
from apps.live.hub import Hub
from apps.live.joining import error
from apps.live.limits import Bucket
from apps.live.origin import is_ours
from apps.live.registry import Who
from apps.live.transport import protocol_of

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
_strangers = itertools.count(1)


class LiveConsumer(AsyncConsumer):  # type: ignore[misc]
    channel_layer_alias = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        message = await receive()
        if message["type"] != "websocket.connect":
            return
        if not is_ours(scope):
            await send({"type": "websocket.close", "code": 4403})
            return
        hub = await current.hub()
        who = await self._admit(hub, scope, send)
        if who is None:
            await self._until_gone(receive)
            return
        connection = self._connect(hub, who, scope, send)
        hub.welcome(connection)
        try:
            await self._listen(hub, connection, receive)
        finally:
            hub.drop(connection)

    async def _admit(self, hub: Hub, scope: dict[str, Any], send: Send) -> Who | None:
        """Who this is. A browser cannot read why a handshake failed, so a refusal is a close code after it."""
        offered = scope["subprotocols"]
        spoken = wire.PROTOCOL if wire.PROTOCOL in offered else None
        await send({"type": "websocket.accept", "subprotocol": spoken})
        if spoken is None:
            await send({"type": "websocket.close", "code": wire.CloseCode.PROTOCOL, "reason": wire.PROTOCOL})
            return None
        try:
            who = await hub.floors.holder(next((word for word in offered if word != wire.PROTOCOL), ""))
        except tickets.StaleError as why:
            logger.info("A ticket was refused: %r", why.__cause__ or why)
            await send({"type": "websocket.close", "code": wire.CloseCode.TICKET, "reason": "ticket"})
            return None
        if len(hub.people.get((who.event_id, str(who.user_id)), ())) >= hub.conf.most_sockets_per_person:
            await send({"type": "websocket.close", "code": wire.CloseCode.FLOOD, "reason": "sockets"})
            return None
        return who

    def _connect(self, hub: Hub, who: Who, scope: dict[str, Any], send: Send) -> Connection:
        now = hub.loop.time()
        person = str(who.user_id) if who.user_id is not None else f"{hub.here.process}-{next(_strangers)}"
        words = (who, person, Bucket(hub.conf.frames, now), hub.conf.most_unsent_bytes, now)
        protocol = protocol_of(scope)
        if protocol is None:
            task = asyncio.current_task()
            return SendConnection(*words, send=send, cancel=task.cancel if task else lambda: None)
        connection = TransportConnection(*words, protocol=protocol, send=send)
        protocol.on_shutdown = hub.start_drain
        protocol.on_lost = lambda: hub.drop(connection)
        return connection

    async def _listen(self, hub: Hub, connection: Connection, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            if connection.gone:
                continue
            wait = connection.bucket.take(hub.conf.frames, hub.loop.time())
            if wait:
                connection.refused += 1
                if connection.refused > hub.conf.flood_frames:
                    hub.close(connection, wire.CloseCode.FLOOD, "flood")
                else:
                    hub.tell(connection, error(connection.who, refusals.too_fast(wait)))
                continue
            connection.refused = 0
            try:
                await self._hear(hub, connection, message.get("text"))
            except Refused as refusal:
                hub.tell(connection, error(connection.who, refusal))

    async def _hear(self, hub: Hub, connection: Connection, text: str | None) -> None:
        if text is None:
            raise refusals.frame_malformed()
        if len(text) > wire.MOST_FRAME_BYTES:
            raise refusals.frame_too_large()
        try:
            said = wire.decode(text)
        except (msgspec.DecodeError, RecursionError):
            raise refusals.frame_malformed() from None
        if isinstance(said, wire.Do):
            hub.commands.submit(connection, said)
        elif isinstance(said, wire.Join):
            await hub.joining.join(connection, said.topics)
        elif isinstance(said, wire.Leave):
            hub.joining.leave(connection, said.topics)
        else:
            hub.tell(connection, wire.pong())

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            continue
