"""A client of the wire protocol for programs: tests, the demo's audience, a bot.

async with Client.open("ws://127.0.0.1:8000/ws/freshet-2026/", ticket) as client:
    await client.join({"chat/7": 118})
    reply = await client.do("chat.send", {"room": 7, "text": "Good morning"})
    async for message in client.messages():
        ...
"""

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from apps.live.wire import PROTOCOL

Message = dict[str, Any]


class CommandError(Exception):
    """The server refused a command or a topic; `words` is its whole frame."""

    def __init__(self, words: Message) -> None:
        super().__init__(f"{words['code']}: {words['message']}")
        self.code: str = words["code"]
        self.words = words


@asynccontextmanager
async def dial(url: str, ticket: str, origin: str | None = None) -> AsyncIterator[ClientConnection]:
    """Opens a socket as a page would: no compression, no pings of its own, the server's own origin."""
    parts = urlsplit(url)
    own = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"
    socket = await connect(
        url,
        subprotocols=[Subprotocol(PROTOCOL), Subprotocol(ticket)],
        origin=Origin(origin or own),
        compression=None,
        ping_interval=None,
    )
    try:
        async with socket:
            yield socket
    finally:
        # Whoever is cancelled while the server takes its time to say goodbye has left the connection open.
        socket.transport.abort()


class Client:
    """One socket, from its opening to its end; `follower.Follower` is for those who stay longer."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.positions: dict[str, int] = {}
        """The newest seq or version seen of each topic; give it to `join` after a reconnect."""
        self.resume: str | None = None
        """With this ticket the same person comes back after a break, once it was given."""
        self._name = secrets.token_hex(6)
        self._ids = itertools.count(1)
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._joins: dict[str, asyncio.Future[Message]] = {}
        self._said: asyncio.Queue[Message | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, ticket: str, *, origin: str | None = None) -> AsyncIterator["Client"]:
        async with dial(url, ticket, origin) as socket:
            client = cls(socket)
            try:
                yield client
            finally:
                client._reading.cancel()

    async def join(self, topics: dict[str, int | None]) -> dict[str, int]:
        """Joins topics, each from a position (None: from now on); where each stands. Raises CommandError."""
        loop = asyncio.get_running_loop()
        waiting = {topic: self._joins.setdefault(topic, loop.create_future()) for topic in topics}
        await self.say(t="join", topics=topics)
        answers = {topic: await asyncio.shield(answer) for topic, answer in waiting.items()}
        return {topic: answer["at"] for topic, answer in answers.items()}

    async def leave(self, *topics: str) -> None:
        await self.say(t="leave", topics=list(topics))

    async def do(self, name: str, body: Message, *, id: str | None = None) -> Any:  # noqa: A002 - the wire's word
        """Sends a command and waits for its answer. Raises CommandError where it is refused. Whoever gives up waiting
        may ask again under the same id."""
        call_id = id or f"{self._name}-{next(self._ids)}"
        reply = self._replies.setdefault(call_id, asyncio.get_running_loop().create_future())
        await self.say(t="do", name=name, body=body, id=call_id)
        return (await asyncio.shield(reply))["d"]

    async def say(self, **words: Any) -> None:
        await self.socket.send(json.dumps(words))

    async def messages(self) -> AsyncIterator[Message]:
        """Everything else that the server says, until the socket closes."""
        while (message := await self._said.get()) is not None:
            yield message

    async def until(self, wanted: Callable[[Message], bool], *, seconds: float = 60.0) -> Message:
        """The first message that is wanted; those before it are passed over."""
        async with asyncio.timeout(seconds):
            async for message in self.messages():
                if wanted(message):
                    return message
        raise ConnectionError("The socket closed before it was said.")

    async def closed(self) -> int | None:
        """Waits for the end; why the server closed."""
        await self.socket.wait_closed()
        return self.socket.close_code

    async def _read(self) -> None:
        try:
            async for text in self.socket:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            for waiting in (*self._replies.values(), *self._joins.values()):
                if not waiting.done():
                    waiting.set_exception(ConnectionError("The socket closed."))
                    waiting.exception()
            self._said.put_nowait(None)

    def _take(self, message: Message) -> None:
        kind, topic = message["t"], message.get("topic")
        if kind == "resume":
            self.resume = message["ticket"]
        if kind == "log":
            self.positions[message["topic"]] = message["seq"]
        elif kind == "state":
            self.positions[message["topic"]] = message["version"]
        elif kind == "reset":
            self.positions[message["topic"]] = message["seq"]
        waiting = None
        if kind in ("reply", "error") and message.get("id") is not None:
            waiting = self._replies.pop(message["id"], None)
        elif kind in ("joined", "error") and topic is not None:
            waiting = self._joins.pop(topic, None)
        if waiting is None or waiting.done():
            self._said.put_nowait(message)
        elif kind == "error":
            waiting.set_exception(CommandError(message))
        else:
            waiting.set_result(message)
