"""One attendee of the drills: a socket that comes back, and a ledger of what was sent and seen."""

import asyncio
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from apps.live.client import Client, CommandError

AT_ONCE = {1012, 4401, 4408}
"""Close codes after which the protocol says: come back at once."""
MOST_WAIT = 3.0
LOST = (OSError, TimeoutError, EOFError, ConnectionClosed, InvalidHandshake, InvalidMessage)


@dataclass(slots=True)
class Sent:
    name: str
    body: dict[str, Any]
    reply: Any = None
    refusal: str = ""
    done: bool = False
    begun: float = 0.0
    ended: float = 0.0


@dataclass(slots=True)
class Ledger:
    sent: dict[str, Sent] = field(default_factory=dict)
    logs: dict[str, list[int]] = field(default_factory=dict)
    """By topic: the seqs in the order in which they were taken."""
    began: dict[str, int] = field(default_factory=dict)
    """By topic: the seq after which the first joining listened."""
    resets: dict[str, list[int]] = field(default_factory=dict)
    states: dict[str, tuple[int, Any]] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    """Every topic of which anything was said, asked for or not."""
    closes: list[int | None] = field(default_factory=list)
    older: int = 0
    """State values that came after a newer one: there must be none."""


class Person:
    """`ticket()` issues a fresh ticket. `topics` are joined whenever the socket opens."""

    def __init__(self, url: str, topics: list[str], ticket: Callable[[], str], *, snoops: list[str] | None = None):
        self.url, self.topics, self.ticket = url, topics, ticket
        self.snoops = snoops or []
        """What they ask for as well, each time they come in, and must not be told."""
        self.ledger = Ledger()
        self.positions: dict[str, int | None] = dict.fromkeys(topics)
        self.online = asyncio.Event()
        self._client: Client | None = None
        self._stop = asyncio.Event()
        self._name = secrets.token_hex(8)

    async def stay(self) -> None:
        """Is there until `leave`."""
        wait = 0.5
        while not self._stop.is_set():
            came_in = False
            with suppress(*LOST):
                async with asyncio.timeout(20) as patience, Client.open(self.url, self.ticket()) as client:
                    patience.reschedule(None)
                    came_in = await self._listen(client)
            self.online.clear()
            self._client = None
            code = self.ledger.closes[-1] if came_in and self.ledger.closes else None
            wait = 0.5 if came_in else min(wait * 2, MOST_WAIT)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), random.random() * (1.0 if code in AT_ONCE else wait))

    async def leave(self) -> None:
        self._stop.set()
        if self._client is not None:
            await self._client.socket.close()

    async def do(self, name: str, **body: Any) -> Sent:
        """Sends a command, and sends it again under the same id until it is answered."""
        call_id = f"{self._name}{len(self.ledger.sent):08}"
        sent = self.ledger.sent[call_id] = Sent(name, body, begun=time.monotonic())
        while not sent.done and not self._stop.is_set():
            await self.online.wait()
            client = self._client
            if client is None:
                continue
            try:
                async with asyncio.timeout(15):
                    sent.reply = await client.do(name, body, id=call_id)
                sent.done = True
            except CommandError as error:
                if error.code == "internal" or error.words.get("retry_after"):
                    await asyncio.sleep(min(error.words.get("retry_after") or 1.0, 5.0))
                    continue
                sent.refusal, sent.done = error.code, True
            except LOST:
                await asyncio.sleep(random.random())
        sent.ended = time.monotonic()
        return sent

    async def _listen(self, client: Client) -> bool:
        joining = asyncio.create_task(self._join(client, self.topics))
        try:
            async for message in client.messages():
                if not self._take(message):
                    break  # asked to move
                if message["t"] == "heads":
                    behind = [
                        topic for topic in self.topics
                        if (self.positions.get(topic) or 0) < message["topics"].get(topic, 1 << 60)
                    ]  # fmt: skip
                    if behind and joining.done():
                        joining = asyncio.create_task(self._join(client, behind))
        finally:
            joining.cancel()
            with suppress(asyncio.CancelledError, *LOST):
                await joining
        await client.socket.close()
        self.ledger.closes.append(client.socket.close_code)
        return True

    async def _join(self, client: Client, topics: list[str]) -> None:
        for _try in range(20):
            try:
                stands = await client.join({topic: self.positions.get(topic) for topic in topics})
                break
            except CommandError as error:
                if not error.words.get("retry_after"):
                    raise  # nor does the browser ask again
                await asyncio.sleep(min(error.words.get("retry_after") or 0.5, 2.0))
        else:
            return
        for topic, at in stands.items():
            if self.positions.get(topic) is None:
                self.positions[topic] = at
                self.ledger.began.setdefault(topic, at)
        if self.snoops:
            await client.say(t="join", topics=dict.fromkeys(self.snoops))
        self._client = client
        self.online.set()

    def _take(self, message: dict[str, Any]) -> bool:
        kind, topic = message["t"], message.get("topic")
        if topic is not None and kind in ("log", "state", "reset"):
            self.ledger.heard.add(topic)
        if kind == "log":
            # What comes before the answer to the first joining belongs to it.
            if self.positions.get(topic) is None:
                self.positions[topic] = message["seq"] - 1
                self.ledger.began.setdefault(topic, message["seq"] - 1)
            if message["seq"] > (self.positions[topic] or 0):
                self.ledger.logs.setdefault(topic, []).append(message["seq"])
                self.positions[topic] = message["seq"]
        elif kind == "state":
            known = self.ledger.states.get(topic)
            if known is not None and message["version"] < known[0]:
                self.ledger.older += 1
            else:
                self.ledger.states[topic] = (message["version"], message["d"])
                self.positions[topic] = message["version"]
        elif kind == "reset":
            self.ledger.resets.setdefault(topic, []).append(message["seq"])
            self.positions[topic] = message["seq"]
        return kind != "move"
