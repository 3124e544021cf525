"""Commands over plain HTTP, for those who cannot have a socket: `POST /e/<event>/feed/do`, with a ticket.

The body is the socket's `do` frame, the answer its `reply` or `error` frame; what a command costs, and that an id is
done once, is as on the socket, since it goes the same way. Nothing is kept here between two requests.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from apps.core.errors import Refused
from apps.live import current, refusals, tickets, wire
from apps.live.away import AWAY
from apps.live.connection import Connection
from apps.live.hub import Hub
from apps.live.joining import error
from apps.live.origin import is_ours
from apps.live.registry import Who

ADDRESS = re.compile(r"/e/[-\w]+/feed/do")
SCHEME = b"ticket "
ANSWER_SECONDS = 20.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Asking(Connection):
    """A connection that is there for one answer."""

    __slots__ = ("answer",)

    def __init__(self, hub: Hub, who: Who) -> None:
        super().__init__(hub, who, str(who.user_id))
        self.answer: asyncio.Future[bytes] = hub.loop.create_future()

    def write(self, frames: bytes) -> None:
        if not self.answer.done():
            self.answer.set_result(next(wire.texts(frames)).encode())

    @property
    def unsent(self) -> int:
        return 0

    async def close(self, code: int, reason: str) -> None:
        self.gone = True

    def abort(self) -> None:
        self.gone = True


def ticket_of(scope: dict[str, Any]) -> str:
    """From `Authorization: Ticket …`; it does not belong into addresses, which end up in logs."""
    found: bytes = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    return found[len(SCHEME) :].decode("latin1") if found[: len(SCHEME)].lower() == SCHEME else ""


async def ask(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["method"] != "POST":
        await _say(send, 405, b'{"code":"method"}')
        return
    if not is_ours(scope):
        await _say(send, 403, b'{"code":"origin"}')
        return
    hub = await current.hub()
    try:
        who = (await hub.floors.admit(ticket_of(scope))).who
    except tickets.StaleError:
        await _say(send, 401, b'{"code":"ticket.stale"}')
        return
    except AWAY:
        await _say(send, 503, b'{"code":"unavailable"}')
        return
    if who.user_id is None:
        await _say(send, 403, b'{"code":"access.refused"}')
        return
    try:
        said = wire.decode(await _body(receive))
        if not isinstance(said, wire.Do):
            raise refusals.frame_malformed()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        await _refuse(send, who, refusals.frame_malformed())
        return
    except Refused as refusal:
        await _refuse(send, who, refusal)
        return
    asking = Asking(hub, who)
    hub.commands.submit(asking, said)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await _say(send, 200, await asking.answer)
    except TimeoutError:
        # It may still be done: whoever asks again with the same id is answered.
        await _say(send, 504, b'{"code":"unavailable"}')
    finally:
        asking.gone = True


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise refusals.frame_malformed()
        body += message.get("body", b"")
        if len(body) > wire.MOST_FRAME_BYTES:
            raise refusals.frame_too_large()
        if not message.get("more_body"):
            return bytes(body)


async def _refuse(send: Send, who: Who, refusal: Refused) -> None:
    await _say(send, refusal.status, next(wire.texts(error(who, refusal))).encode())


async def _say(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
