"""A client that stays: it comes back when the connection breaks, goes on from where it was, and keeps a ledger.

    async with Follower(url, ticket, {"chat/7": 118, "poll/9/results": None}) as follower:
        await follower.here()
        reply = await follower.do("chat.send", {"room": 7, "text": "Good morning"})
    assert follower.ledger.missing("chat/7", stored_numbers) == set()

`ticket` is asked for a fresh ticket when the socket is opened, unless the last one left a resume ticket that is still
good: coming back with that costs the server no query. A command is sent again under its id until it is
answered, whatever happens to the socket; it is done once. What `client.Client` leaves to its caller, for one socket,
this does by itself, the way `static/live/line.js` does it in the browser. It costs one task and no queue, so that
thousands fit in one process.
"""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from apps.live.client import CommandError, Message, dial
from apps.live.wire import CloseCode

FIRST_SECONDS = 0.5
MOST_SECONDS = 30.0
HELLO_SECONDS = 10.0
SILENT_SWEEPS = 2.5
CROWDED_SECONDS = (30.0, 60.0)
MOST_TIMES = 20
"""As long as it is asked to, a follower waits before it joins again what could not be had, time after time."""
RESUME_SHARE = 0.9
"""Of a resume ticket's life, for which it is used."""
UNDECIDED = "unavailable"
"""Of a command: it may be done, or not. Under its id it is sent again, and done once."""
AT_ONCE = frozenset({CloseCode.TICKET, CloseCode.RESYNC, CloseCode.RESTART})


@dataclass(slots=True)
class Sent:
    """A command, and what became of it: `answer` where it was done, the code where it was `refused`."""

    name: str
    body: Message
    done: bool = False
    answer: Any = None
    refused: str | None = None
    times: int = 0
    """How often it was sent."""


@dataclass(slots=True)
class Ledger:
    """What one client sent and saw, for comparing with what the server stored."""

    sent: dict[str, Sent] = field(default_factory=dict)
    """By the command's id."""
    since: dict[str, int] = field(default_factory=dict)
    """Of each log topic the number after which everything must have been seen: where it began, or was last reset."""
    seen: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of each log topic's messages, in the order in which they were taken: growing, without repetition."""
    values: dict[str, tuple[int, Any]] = field(default_factory=dict)
    """Of each state topic the newest version and value."""
    ignored: Counter[str] = field(default_factory=Counter)
    """By topic: messages and values that were no news. Few, and only after a reconnect."""
    older: Counter[str] = field(default_factory=Counter)
    """By state topic: values that came after a newer one. There are none, unless the server went back in time."""
    resets: Counter[str] = field(default_factory=Counter)
    """By topic: how often too much was missed."""
    refused: dict[str, str] = field(default_factory=dict)
    """By topic: the code for which it was not opened."""
    opened: int = 0
    """How often a socket was opened."""
    resumed: int = 0
    """Of these, with a ticket that the socket before had given."""
    closes: Counter[int] = field(default_factory=Counter)
    """By close code; 1006 where the connection just broke."""

    def acknowledged(self) -> dict[str, Any]:
        """The answers of the commands that were done, by their ids."""
        return {name: one.answer for name, one in self.sent.items() if one.done}

    def missing(self, topic: str, stored: Iterable[int]) -> set[int]:
        """Of the numbers that were stored, those that should have been seen and were not. What is still on its way
        counts as missing: let the log come to rest first."""
        since = self.since.get(topic)
        return (
            set() if since is None else {number for number in stored if number > since} - set(self.seen.get(topic, ()))
        )


class Follower:
    """`positions` grows with what is heard; give it to another follower, or join with it later."""

    def __init__(
        self,
        url: str,
        ticket: Callable[[], str | Awaitable[str]],
        topics: Mapping[str, int | None],
        *,
        hear: Callable[[Message], None] | None = None,
        patience: int | None = None,
        origin: str | None = None,
        resumes: bool = True,
    ) -> None:
        """`hear` is called with each log and state message that is news. After `patience` failures in a row it gives
        up and `run` raises; None: never. Who does not resume asks for a ticket each time, as a page loaded anew."""
        self.url = url
        self.positions: dict[str, int | None] = dict(topics)
        self.ledger = Ledger()
        self._ticket = ticket
        self._back: tuple[str, float] | None = None
        """A ticket that the socket gave us to come back with, and until when, on the loop's clock."""
        self._hear = hear
        self._patience = patience
        self._origin = origin
        self._resumes = resumes
        self._socket: ClientConnection | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._awaited: set[str] = set()
        self._here = asyncio.Event()
        self._failures = 0
        self._tries = 0
        """How often a topic could not be had since all were."""
        self._task: asyncio.Task[None] | None = None
        self._later: asyncio.Task[None] | None = None
        self._repeats: set[asyncio.Task[None]] = set()

    # Life

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, OSError, WebSocketException):
                await self._task

    async def here(self) -> None:
        """Returns when every topic was joined or refused on the current socket. Raises what made `run` give up."""
        waiting = asyncio.ensure_future(self._here.wait())
        try:
            tasks = {waiting, self._task} if self._task is not None else {waiting}
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self._task is not None and self._task.done():
                await self._task
        finally:
            waiting.cancel()

    async def ended(self) -> None:
        """Waits for the end of `run`, and raises what it gave up for."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def run(self) -> None:
        """Opens the socket again and again, until cancelled."""
        try:
            while True:
                code = await self._once()
                self.ledger.closes[code] += 1
                self._socket = None
                self._here.clear()
                if self._patience is not None and self._failures >= self._patience:
                    raise ConnectionError(f"Gave up after {self._failures} failures, the last with {code}.")
                await asyncio.sleep(random.uniform(*self._pause(code)))  # noqa: S311
        finally:
            for answer in self._answers.values():
                answer.cancel()
            for task in (*self._repeats, self._later):
                if task is not None:
                    task.cancel()

    def _pause(self, code: int) -> tuple[float, float]:
        """Full jitter: those who fell together do not come back together."""
        if code == CloseCode.CROWDED:
            return CROWDED_SECONDS
        most = 2 * FIRST_SECONDS if code in AT_ONCE else FIRST_SECONDS * 2**self._failures
        return 0, min(MOST_SECONDS, most)

    async def _once(self) -> int:
        """One socket, from its opening to its end; why it ended."""
        self._failures += 1
        patience = HELLO_SECONDS
        try:
            given = self._given()
            ticket = given or await self._fresh()
            async with dial(self.url, ticket, self._origin) as socket:
                while True:
                    async with asyncio.timeout(patience):
                        text = await socket.recv(decode=False)
                    message: Message = msgspec.json.decode(text)
                    if message["t"] == "hello":
                        self._failures, self._socket = 0, socket
                        self.ledger.opened += 1
                        self.ledger.resumed += given is not None
                        patience = message["sweep"] * SILENT_SWEEPS
                        await self._resume()
                    elif message["t"] == "move":
                        return CloseCode.RESTART
                    else:
                        await self._take(message)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd is not None else 1006
            if code == CloseCode.TICKET:
                self._back = None
            return code
        except (OSError, WebSocketException, TimeoutError):
            return 1006

    def _given(self) -> str | None:
        """What the last socket gave to come back with, while it is good."""
        if self._back is None:
            return None
        ticket, until = self._back
        return ticket if asyncio.get_running_loop().time() < until else None

    async def _fresh(self) -> str:
        given = self._ticket()
        return given if isinstance(given, str) else await given

    # Saying

    async def do(self, name: str, body: Message, *, id: str | None = None) -> Any:  # noqa: A002 - the wire's word
        """Sends a command until it is answered. Raises CommandError where it is refused."""
        call_id = id or secrets.token_hex(16)
        self.ledger.sent[call_id] = Sent(name, body)
        answer = self._answers[call_id] = asyncio.get_running_loop().create_future()
        try:
            await self._send(call_id)
            return await answer
        finally:
            self._answers.pop(call_id, None)

    async def follow(self, topics: Mapping[str, int | None]) -> None:
        """Joins more topics, now and after every reconnect."""
        self.positions |= topics
        await self._say(t="join", topics=dict(topics))

    async def _resume(self) -> None:
        self._awaited = set(self.positions)
        self._settle()
        if self.positions:
            await self._say(t="join", topics=self.positions)
        for call_id in list(self._answers):
            await self._send(call_id)

    async def _send(self, call_id: str) -> None:
        sent = self.ledger.sent[call_id]
        if self._socket is not None:
            sent.times += 1
            await self._say(t="do", name=sent.name, body=sent.body, id=call_id)

    async def _say(self, **words: Any) -> None:
        if self._socket is not None:
            # Whoever reads the socket notices that it is closed, and all of this is said again.
            with suppress(ConnectionClosed):
                await self._socket.send(msgspec.json.encode(words).decode())

    # Hearing

    async def _take(self, message: Message) -> None:
        kind, topic = message["t"], message.get("topic", "")
        if kind == "log":
            self._log(topic, message)
        elif kind == "state":
            self._state(topic, message)
        elif kind == "joined":
            self._joined(topic, message["kind"], message["at"])
        elif kind == "reset":
            self.positions[topic] = self.ledger.since[topic] = message["seq"]
            self.ledger.resets[topic] += 1
        elif kind == "resume" and self._resumes:
            self._back = message["ticket"], asyncio.get_running_loop().time() + message["seconds"] * RESUME_SHARE
        elif kind == "reply":
            self._answer(message["id"], message)
        elif kind == "error":
            self._refused(message)
        elif kind == "heads":
            await self._compare(message["topics"])

    def _log(self, topic: str, message: Message) -> None:
        if message["seq"] <= (self.positions.get(topic) or 0):
            self.ledger.ignored[topic] += 1
            return
        self.positions[topic] = message["seq"]
        self.ledger.seen.setdefault(topic, []).append(message["seq"])
        if self._hear is not None:
            self._hear(message)

    def _state(self, topic: str, message: Message) -> None:
        known = self.ledger.values.get(topic, (-1, None))[0]
        if message["version"] <= known:
            self.ledger.ignored[topic] += 1
            if message["version"] < known:
                self.ledger.older[topic] += 1
            return
        self.positions[topic] = message["version"]
        self.ledger.values[topic] = (message["version"], message["d"])
        if self._hear is not None:
            self._hear(message)

    def _joined(self, topic: str, kind: str, at: int) -> None:
        if kind == "log":
            position = self.positions.get(topic)
            self.positions[topic] = position = at if position is None else position
            self.ledger.since.setdefault(topic, position)
        self._awaited.discard(topic)
        self._settle()

    def _refused(self, message: Message) -> None:
        if message.get("id") is not None and message["code"] == UNDECIDED:
            self._undecided(message["id"], message.get("retry_after") or 1.0)
        elif message.get("id") is not None:
            self._answer(message["id"], message)
        elif message.get("topic") is not None and not message.get("retry_after"):
            self.ledger.refused[message["topic"]] = message["code"]
            self.positions.pop(message["topic"], None)
            self._awaited.discard(message["topic"])
            self._settle()
        elif message.get("retry_after") and self._later is None:
            # A topic that cannot be had yet; or a frame that was one too many, and does not say which.
            self._tries += 1
            wait = max(1.0, message["retry_after"]) * min(MOST_TIMES, 2 ** (self._tries - 1))
            self._later = asyncio.create_task(self._again(wait * random.uniform(1, 1.5)))  # noqa: S311

    def _undecided(self, call_id: str, seconds: float) -> None:
        """Nobody knows whether it was done: it alone is sent again, each time later."""
        if (sent := self.ledger.sent.get(call_id)) is None:
            return
        wait = max(1.0, seconds) * min(MOST_TIMES, max(1, sent.times)) * random.uniform(1, 1.5)  # noqa: S311
        task = asyncio.create_task(self._repeat(call_id, wait))
        self._repeats.add(task)
        task.add_done_callback(self._repeats.discard)

    async def _repeat(self, call_id: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if call_id in self._answers:
            await self._send(call_id)

    async def _again(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._later = None
        await self._resume()

    def _answer(self, call_id: str, message: Message) -> None:
        sent, waiting = self.ledger.sent.get(call_id), self._answers.pop(call_id, None)
        if sent is None or waiting is None or waiting.done():
            return
        if message["t"] == "reply":
            sent.done, sent.answer = True, message["d"]
            waiting.set_result(message["d"])
        else:
            sent.refused = message["code"]
            waiting.set_exception(CommandError(message))

    async def _compare(self, heads: dict[str, int]) -> None:
        behind = {
            topic: at
            for topic, at in self.positions.items()
            if topic not in self._awaited and (topic not in heads or (at or 0) < heads[topic])
        }
        if behind:
            await self._say(t="join", topics=behind)

    def _settle(self) -> None:
        if not self._awaited:
            self._tries = 0
            self._here.set()
