"""One topic in one process: who listens here, what they were told last, and what they are told next."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

from apps.live import wire
from apps.live.connection import Connection
from apps.live.registry import LogTopic, Match, StateTopic

T = TypeVar("T", LogTopic, StateTopic)
MOST_AHEAD = 2000


class Channel(ABC, Generic[T]):
    """`out` holds the frames of the coming tick. Who joins meanwhile has been given with the replay what stood there
    then: the `newcomers` remember how many frames that was, and hear only what follows."""

    __slots__ = (
        "_joined",
        "empty_since",
        "event_id",
        "joining",
        "listeners",
        "match",
        "name",
        "newcomers",
        "opening",
        "out",
        "told",
        "topic",
    )

    kind = ""

    def __init__(self, event_id: int, match: Match, topic: T) -> None:
        self.event_id = event_id
        self.match = match
        self.name = match.name
        self.topic: T = topic
        self.listeners: dict[Connection, None] = {}
        self.newcomers: dict[Connection, int] = {}
        self.joining = 0
        """How many are about to join, and still read what they missed."""
        self.out: list[bytes] = []
        self.told = 0
        """The position that was told last, while `out` holds what follows it."""
        self.opening: asyncio.Task[None] | None = None
        self.empty_since: float | None = None
        self._joined = (-1, b"")

    @property
    def joined(self) -> bytes:
        """What somebody is told who joins now."""
        if self._joined[0] != self.position:
            self._joined = (self.position, wire.joined(self.name, self.kind, self.position))
        return self._joined[1]

    @property
    @abstractmethod
    def position(self) -> int:
        """The seq or version up to which is known what to tell."""

    @property
    def heard(self) -> int:
        """The position up to which everybody has been told."""
        return self.told if self.out else self.position

    @property
    def is_empty(self) -> bool:
        return not self.listeners and not self.newcomers

    @property
    def is_wanted(self) -> bool:
        return not self.is_empty or self.joining > 0

    def admit(self, connection: Connection) -> None:
        if connection not in self.listeners:
            if self.out:
                self.newcomers[connection] = len(self.out)
            else:
                self.listeners[connection] = None
        if self not in connection.topics:
            connection.topics = (*connection.topics, self)
        self.empty_since = None

    def dismiss(self, connection: Connection, now: float) -> None:
        self.listeners.pop(connection, None)
        self.newcomers.pop(connection, None)
        connection.topics = tuple(topic for topic in connection.topics if topic is not self)
        if self.is_empty:
            self.empty_since = now

    def take_out(self) -> tuple[bytes, list[tuple[Connection, bytes]]]:
        """What this tick says, once: to the listeners, and to each newcomer. From now on all of them listen."""
        frames = b"".join(self.out)
        apart = [(newcomer, b"".join(self.out[known:])) for newcomer, known in self.newcomers.items()]
        self.out = []
        self.told = self.position
        return frames, apart

    def settle(self) -> None:
        if self.newcomers:
            self.listeners.update(dict.fromkeys(self.newcomers))
            self.newcomers = {}


class LogChannel(Channel[LogTopic]):
    """Puts messages in order. `ring` repeats the newest ones from memory; `ahead` holds those that came too early."""

    kind = "log"
    __slots__ = ("_ring_bytes", "_ring_most", "ahead", "filling", "ring", "ring_after", "seq")

    def __init__(self, event_id: int, match: Match, topic: LogTopic, ring_messages: int, ring_bytes: int) -> None:
        super().__init__(event_id, match, topic)
        self.seq = -1  # not known before the channel is open
        self.ring: deque[tuple[int, bytes]] = deque()
        self.ring_after = -1
        self.ahead: dict[int, bytes] = {}
        self.filling: asyncio.Task[None] | None = None
        self._ring_most = (ring_messages, ring_bytes)
        self._ring_bytes = 0

    @property
    def position(self) -> int:
        return max(0, self.seq)

    def start(self, head: int) -> None:
        """Opens the channel at what the database says is the newest."""
        self.seq = self.ring_after = head
        self.ring.clear()
        self._ring_bytes = 0
        self.ahead = {seq: frame for seq, frame in self.ahead.items() if seq > head}
        self._advance()

    def offer(self, items: Iterable[tuple[int, bytes]]) -> bool:
        """Takes messages as they arrive, in any order and any number of times. False while one is missing."""
        for seq, data in items:
            if seq > self.seq and len(self.ahead) < MOST_AHEAD:
                self.ahead[seq] = wire.log_message(self.name, seq, data)
        if self.seq >= 0:
            self._advance()
        return not self.ahead

    def fill(self, rows: Iterable[tuple[int, bytes]], upto: int) -> None:
        """Takes what a replay after `self.seq` gave, read when `upto` was known: what neither the replay nor a
        message brought does not exist any more."""
        found = {seq: wire.log_message(self.name, seq, data) for seq, data in rows} | self.ahead
        for seq in sorted(found):
            if seq > self.seq and (seq <= upto or seq == self.seq + 1):
                self._append(seq, found[seq])
        self.seq = max(self.seq, upto)
        self.ahead = {seq: frame for seq, frame in self.ahead.items() if seq > self.seq}
        self._advance()

    def reset(self, head: int) -> None:
        """Too much is missing: listeners load the topic anew, and the log goes on after `head`."""
        self.out.append(wire.reset(self.name, head))
        self.start(head)

    def since(self, seq: int) -> list[bytes] | None:
        """The frames after `seq`, from memory; None where memory does not reach back that far."""
        if seq < self.ring_after:
            return None
        if seq >= self.seq:
            return []
        return [frame for number, frame in self.ring if number > seq]

    def _advance(self) -> None:
        while (frame := self.ahead.pop(self.seq + 1, None)) is not None:
            self._append(self.seq + 1, frame)

    def _append(self, seq: int, frame: bytes) -> None:
        self.seq = seq
        self.out.append(frame)
        self.ring.append((seq, frame))
        self._ring_bytes += len(frame)
        messages, most_bytes = self._ring_most
        while len(self.ring) > messages or self._ring_bytes > most_bytes:
            self.ring_after, dropped = self.ring.popleft()
            self._ring_bytes -= len(dropped)


class StateChannel(Channel[StateTopic]):
    """Keeps the newest value; an older one that arrives late is dropped (`versions.py` says why that is right)."""

    kind = "state"
    __slots__ = ("frame", "version")

    def __init__(self, event_id: int, match: Match, topic: StateTopic) -> None:
        super().__init__(event_id, match, topic)
        self.version = -1
        self.frame = b""

    @property
    def position(self) -> int:
        return max(0, self.version)

    def offer(self, version: int, data: bytes) -> bool:
        """Whether this value is newer than what is known."""
        if version <= self.version:
            return False
        self.version = version
        self.frame = wire.state_value(self.name, version, data)
        # Of two values in one tick only the newer one need be told, and that to everybody.
        self.settle()
        self.out = [self.frame]
        return True
