"""Ticks: what one tick has for a socket leaves in one write, and sockets that hear the same share the same bytes.

A pass over a large room takes long: eight thousand writes are a tenth of a second, and whoever speaks meanwhile waits
for its end. So what may rest while a process cannot keep up (reactions, counts of people) makes no pass of its own
while others speak: such a value goes along with the next pass that writes to most of its listeners anyway, which costs
no write more. Where nobody speaks, it goes by itself, after a patience that grows with what its own pass would cost:
such passes take `values_share` of the process's time and no more, and give way as soon as somebody speaks. In a small
room that patience is no millisecond.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.live.channel import StateChannel
from apps.live.conf import Conf
from apps.live.connection import Connection

if TYPE_CHECKING:
    from apps.live.hub import AnyChannel

SOCKETS_PER_BREATH = 256
WRITE_SECONDS = 0.00001
"""What a write takes, until it has been measured."""
NEW_SHARE = 0.2
"""How much a newly measured write counts against what was known."""
MOST_PATIENCE_SECONDS = 1.0
OVERDUE = float("-inf")

Apart = dict[Connection, list[bytes]]
Group = tuple[bytes, list[Connection]]
"""The same bytes for several connections."""


@dataclass(slots=True)
class Pass:
    """What is said to several: first to those for whom it is urgent, then values to those who hear nothing else."""

    urgent: list[Group] = field(default_factory=list)
    values: list[Group] = field(default_factory=list)
    channels: list[StateChannel] = field(default_factory=list)
    """Whose values they are."""


class Delivery:
    def __init__(self, conf: Conf) -> None:
        self._conf = conf
        self._loop = asyncio.get_running_loop()
        self._wanted = asyncio.Event()
        self._speaking: dict[AnyChannel, None] = {}
        self._waiting: dict[StateChannel, float] = {}
        """Values that may wait, and since when they do."""
        self._timer: asyncio.TimerHandle | None = None
        self._apart: Apart = {}
        self._write_seconds = WRITE_SECONDS
        self._written = 0
        self._gave_way = False
        self._last = 0.0
        self._lag = 0.0

    def tell(self, connection: Connection, frame: bytes) -> None:
        """Says something to one connection, in the coming tick."""
        if not connection.gone:
            self._apart.setdefault(connection, []).append(frame)
            self._wanted.set()

    def speak(self, channel: "AnyChannel") -> None:
        """What the channel has to say goes out in the coming tick; a value that may rest, as soon as it is cheap. Call
        it after whatever fills `out`."""
        if not channel.out:
            return
        if isinstance(channel, StateChannel) and channel.topic.shed is not None:
            self._waiting.setdefault(channel, self._loop.time())
            self._wait()
        else:
            self._speaking[channel] = None
            self._wanted.set()

    def forget(self, connection: Connection) -> None:
        self._apart.pop(connection, None)

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            asked = self._loop.time()
            # Who speaks after a silence is heard at once; who keeps speaking, once a tick.
            pause = self._last + self._conf.tick_seconds - self._loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            self._wanted.clear()
            due, self._last = max(asked, self._last + self._conf.tick_seconds), self._loop.time()
            await self.flush(due)

    def take_lag(self) -> float:
        """How long after it was due the slowest tick since the last call had been written to the last socket that
        it was urgent for."""
        lag, self._lag = self._lag, 0.0
        return lag

    # Patience

    def _wait(self) -> None:
        if self._timer is None and self._waiting:
            self._timer = self._loop.call_at(self._patient_until(), self._hurry)

    def _hurry(self) -> None:
        self._timer = None
        self._wanted.set()

    def _patient_until(self) -> float:
        writes = sum(len(channel.listeners) for channel in self._waiting)
        patience = min(MOST_PATIENCE_SECONDS, writes * self._write_seconds / self._conf.values_share)
        return min(self._waiting.values()) + patience

    # A pass

    async def flush(self, due: float | None = None) -> None:
        begun, self._written = self._loop.time(), 0
        apart, self._apart = self._apart, {}
        said = self._collect(apart)
        for frames, listeners in said.urgent:
            await self._write(frames, listeners, apart)
        for number, (connection, own) in enumerate(apart.items(), start=1):
            connection.write(b"".join(own))
            if not number % SOCKETS_PER_BREATH:
                await asyncio.sleep(0)
        self._written += len(apart)
        self._lag = max(self._lag, self._loop.time() - (begun if due is None else due))
        await self._write_values(said)
        if self._written >= SOCKETS_PER_BREATH:
            took = (self._loop.time() - begun) / self._written
            self._write_seconds += (took - self._write_seconds) * NEW_SHARE
        self._wait()

    async def _write(self, frames: bytes, listeners: list[Connection], apart: Apart) -> None:
        for first in range(0, len(listeners), SOCKETS_PER_BREATH):
            some = listeners[first : first + SOCKETS_PER_BREATH]
            if apart:
                for connection in some:
                    # One's own comes first: who joined within this tick hears the replay before what followed it.
                    own = apart.pop(connection, None)
                    connection.write(frames if own is None else b"".join((*own, frames)))
            else:
                for connection in some:
                    connection.write(frames)
            before = self._written // SOCKETS_PER_BREATH
            self._written += len(some)
            if self._written // SOCKETS_PER_BREATH > before:
                # One big room must not starve the others.
                await asyncio.sleep(0)

    async def _write_values(self, said: Pass) -> None:
        """Gives way to who speaks meanwhile, though not twice in a row: values are told anew in that pass then."""
        for frames, listeners in said.values:
            for first in range(0, len(listeners), SOCKETS_PER_BREATH):
                if self._wanted.is_set() and not self._gave_way:
                    self._gave_way = True
                    for channel in said.channels:
                        channel.repeat()
                        self._waiting[channel] = OVERDUE
                    return
                await self._write(frames, listeners[first : first + SOCKETS_PER_BREATH], {})
        self._gave_way = False

    def _collect(self, apart: Apart) -> Pass:
        """Takes what the channels have to say; what only one hears is added to `apart`."""
        speaking, self._speaking = self._speaking, {}
        said: list[bytes] = []
        hears: dict[Connection, int] = {}
        for channel in speaking:
            take(channel, said, hears, apart)
        urgent = (1 << len(said)) - 1
        values = self._values(hears)
        for channel in values:
            take(channel, said, hears, apart)
        groups: dict[int, list[Connection]] = {}
        if len(said) == 1:
            groups[1] = list(hears)
        else:
            for connection, bits in hears.items():
                groups.setdefault(bits, []).append(connection)
        found = Pass(channels=values)
        for bits, listeners in groups.items():
            frames = b"".join(one for at, one in enumerate(said) if bits >> at & 1)
            (found.urgent if bits & urgent else found.values).append((frames, listeners))
        return found

    def _values(self, hears: dict[Connection, int]) -> list[StateChannel]:
        """The values that go with this pass: those whose listeners most hear something anyway, or all when their
        patience is over."""
        if not self._waiting:
            return []
        over = self._loop.time() >= self._patient_until()
        going = [channel for channel in self._waiting if over or go_along(channel, hears)]
        for channel in going:
            del self._waiting[channel]
        return going


def go_along(channel: StateChannel, hears: dict[Connection, int]) -> bool:
    return 2 * sum(map(hears.__contains__, channel.listeners)) >= len(channel.listeners)


def take(channel: "AnyChannel", said: list[bytes], hears: dict[Connection, int], apart: Apart) -> None:
    """Adds what a channel says to what is said, and marks who hears it by its place there, as a bit."""
    frames, newcomers = channel.take_out()
    for newcomer, own in newcomers:
        if own:
            apart.setdefault(newcomer, []).append(own)
    if len(channel.listeners) == 1:
        (only,) = channel.listeners
        apart.setdefault(only, []).append(frames)
    elif channel.listeners:
        bit = 1 << len(said)
        said.append(frames)
        if hears:
            for connection in channel.listeners:
                hears[connection] = hears.get(connection, 0) | bit
        else:
            hears.update(dict.fromkeys(channel.listeners, bit))
    channel.settle()
