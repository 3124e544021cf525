"""One person's socket: lets them in by their ticket, and hands it to the hub.

A Channels consumer, but a lean one: it has no channel of its own on the layer (the hub hears for everybody). Where
the server gives us the socket itself, it returns as soon as the person is in.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer

from apps.core import addresses
from apps.live import current, tickets, wire
from apps.live.away import AWAY
from apps.live.connection import Send, SendConnection, TransportConnection
from apps.live.hub import Hub
from apps.live.origin import is_ours
from apps.live.tickets import Pass
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
        hub = current.running() or await current.hub()
        held = await self._admit(hub, scope, send)
        if held is None:
            await self._until_gone(receive)
            return
        person = str(held.who.user_id)
        if held.who.user_id is None:
            person = f"{hub.here.process}-{next(_strangers)}"
            hub.strangers.come(person, place_of(scope))
        words = (hub, held.who, person, held if held.topics else None)
        address = address_of(scope) if held.who.has_role else ""
        protocol = protocol_of(scope)
        if protocol is not None:
            ours = TransportConnection(*words, protocol=protocol)
            ours.address = address
            hub.welcome(ours)
            protocol.adopt(ours, hub.conf.most_unsent_bytes)
            return
        task = asyncio.current_task()
        connection = SendConnection(*words, send=send, cancel=task.cancel if task else lambda: None)
        connection.address = address
        hub.welcome(connection)
        try:
            await self._listen(hub, connection, receive)
        finally:
            hub.drop(connection)

    async def _admit(self, hub: Hub, scope: dict[str, Any], send: Send) -> Pass | None:
        """Who this is. A browser cannot read why a handshake failed, so a refusal is a close code after it. The ticket
        is read before, so that nothing is heard of somebody who has none."""
        offered = scope["subprotocols"]
        spoken = wire.PROTOCOL if wire.PROTOCOL in offered else None
        try:
            held = None if spoken is None else await self._read(hub, offered)
        except AWAY as away:
            logger.warning("Nobody can be let in for now: %r", away)
            await send({"type": "websocket.close"})  # as if it were the network: they come back with backoff
            return None
        await send({"type": "websocket.accept", "subprotocol": spoken})
        refusal = self._refusal(hub, scope, held) if spoken is not None else (wire.CloseCode.PROTOCOL, wire.PROTOCOL)
        if refusal is None:
            return held
        await send({"type": "websocket.close", "code": refusal[0], "reason": refusal[1]})
        return None

    async def _read(self, hub: Hub, offered: list[str]) -> Pass | None:
        try:
            return await hub.floors.admit(next((word for word in offered if word != wire.PROTOCOL), ""))
        except tickets.StaleError as why:
            logger.info("A ticket was refused: %r", why.__cause__ or why)
            return None

    def _refusal(self, hub: Hub, scope: dict[str, Any], held: Pass | None) -> tuple[int, str] | None:
        """Asked at the last moment before the hub knows them: a revocation may just have been heard."""
        if held is None or hub.floors.is_revoked(held.who):
            return wire.CloseCode.TICKET, "ticket"
        if hub.sockets_of(held.who) >= hub.conf.most_sockets_per_person:
            return wire.CloseCode.FLOOD, "sockets"
        if held.who.user_id is None and hub.strangers.is_full(place := place_of(scope)):
            logger.warning("%s has as many visitors without an account here as one address may.", place)
            return wire.CloseCode.CROWDED, "address"
        return None

    async def _listen(self, hub: Hub, connection: SendConnection, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            work = hub.hearing.hear(connection, message.get("text"))
            if work is not None:
                await work

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            continue


def place_of(scope: dict[str, Any]) -> str:
    """Where a socket comes from, as it is counted."""
    return addresses.place(address_of(scope))


def address_of(scope: dict[str, Any]) -> str:
    written = [value.decode("latin1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    peer = scope.get("client") or ("", 0)
    return addresses.client(",".join(written), str(peer[0]))
