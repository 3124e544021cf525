"""One attendee of the drills: the client that programs use, and beside its ledger what they said and when."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.live.client import CommandError
from apps.live.follower import Follower, Ledger

ANSWER_SECONDS = 15.0
"""After this long without an answer something is said again, also where the socket stands."""
MOST_WAIT = 5.0


@dataclass(slots=True)
class Sent:
    name: str
    body: dict[str, Any]
    reply: Any = None
    refusal: str = ""
    done: bool = False
    begun: float = 0.0
    ended: float = 0.0


def newest(of: list[Sent]) -> list[Sent]:
    """Those that may have come last: of what was under way at the same time, either may."""
    return [one for one in of if not any(other.begun > one.ended for other in of)]


async def insist(follower: Follower, name: str, body: dict[str, Any], call_id: str) -> Any:
    """Says it under the same id until it is answered. Raises CommandError where it is refused for good."""
    while True:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await follower.do(name, body, id=call_id)
        except TimeoutError:
            continue
        except CommandError as error:
            wait = error.words.get("retry_after")
            if not wait and error.code != "internal":
                raise
            await asyncio.sleep(min(wait or 1.0, MOST_WAIT))


@dataclass(eq=False)
class Person:
    """`ticket()` issues a fresh ticket; who `resumes` comes back with what their socket gave them instead."""

    url: str
    topics: list[str]
    ticket: Callable[[], str]
    snoops: list[str] = field(default_factory=list)
    """What they ask for as well, each time they come in with a fresh ticket, and must not be told."""
    resumes: bool = False

    def __post_init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.follower = Follower(self.url, self._fresh, dict.fromkeys(self.topics), resumes=self.resumes)
        self._leaving = asyncio.Event()
        self._name = secrets.token_hex(8)

    @property
    def ledger(self) -> Ledger:
        return self.follower.ledger

    @property
    def heard(self) -> set[str]:
        """Every topic that they were let in to, or told anything of."""
        told = self.ledger
        return {*told.since, *told.seen, *told.values, *told.resets, *told.ignored}

    async def stay(self) -> None:
        """Is there until `leave`."""
        async with self.follower:
            await self._leaving.wait()

    def leave(self) -> None:
        self._leaving.set()

    async def do(self, name: str, **body: Any) -> Sent:
        call_id = f"{self._name}{len(self.sent):08}"
        sent = self.sent[call_id] = Sent(name, body, begun=time.monotonic())
        try:
            sent.reply = await insist(self.follower, name, body, call_id)
        except CommandError as error:
            sent.refusal = error.code
        sent.done, sent.ended = True, time.monotonic()
        return sent

    def _fresh(self) -> str:
        self.follower.positions |= dict.fromkeys(self.snoops)
        return self.ticket()
