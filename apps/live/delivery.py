"""Ticks: what one tick has for a socket leaves in one write, and sockets that hear the same share the same bytes.

A pass over a large room takes long: eight thousand writes are a tenth of a second. Whoever speaks meanwhile does not
wait for its end. When the next tick is due the pass is broken off, and the next one begins with those whom it still
owed something: they hear the old and the new in one write. So nobody waits longer than one pass takes from the moment
at which something is said, and two passes that overlap cost fewer writes than two that follow each other.

What may rest while a process cannot keep up (reactions, counts of people) makes no pass of its own while others speak:
such a value goes along with the next pass that writes to most of its listeners anyway, which costs no write more.
Where nobody speaks, it goes by itself, after a patience that grows with what its own pass would cost: such passes take
`values_share` of the process's time and no more. In a small room that patience is no millisecond.
"""

import asyncio
import math
from dataclasses import dataclass
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
NEVER = math.inf

Apart = dict[Connection, list[bytes]]


@dataclass(slots=True, eq=False)
class Group:
    """The same bytes for several connections. `due`: since when it is urgent; NEVER for values."""

    frames: bytes
    listeners: list[Connection]
    due: float


class Delivery:
    def __init__(self, conf: Conf) -> None:
        self._conf = conf
        self._loop = asyncio.get_running_loop()
        self._wanted = asyncio.Event()
        """The next pass is due."""
        self._due = NEVER
        self._timer: asyncio.TimerHandle | None = None
        self._speaking: dict[AnyChannel, None] = {}
        self._waiting: dict[StateChannel, float] = {}
        """Values that may wait, and since when they do."""
        self._apart: Apart = {}
        self._owed: list[Group] = []
        """What the last pass was broken off before."""
        self._write_seconds = WRITE_SECONDS
        self._written = 0
        self._wrote_at = self._spoke_at = -NEVER
        self._lag = 0.0

    def tell(self, connection: Connection, frame: bytes) -> None:
        """Says something to one connection: at once after a silence, then once a tick."""
        if not connection.gone:
            self._apart.setdefault(connection, []).append(frame)
            self._ask(self._wrote_at + self._conf.tick_seconds)

    def speak(self, channel: "AnyChannel") -> None:
        """What the channel has to say goes out at once after a silence, then once a tick; what one person was told does
        not break a silence. A value that may rest goes as soon as it is cheap. Call it after whatever fills `out`."""
        if not channel.out:
            return
        if isinstance(channel, StateChannel) and channel.topic.shed is not None:
            self._waiting.setdefault(channel, self._loop.time())
            self._wait()
        else:
            self._speaking[channel] = None
            self._ask(self._spoke_at + self._conf.tick_seconds)

    def forget(self, connection: Connection) -> None:
        self._apart.pop(connection, None)

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            await self.flush()

    def take_lag(self) -> float:
        """How long after it was due the slowest tick since the last call had been written to the last socket that
        it was urgent for."""
        lag, self._lag = self._lag, 0.0
        return lag

    # When

    def _ask(self, at: float) -> None:
        """Has the next pass begin at this time, unless it begins earlier."""
        now = self._loop.time()
        at = max(at, now)
        if at >= self._due:
            return
        self._due = at
        self._cancel()
        if at <= now:
            self._wanted.set()
        else:
            self._timer = self._loop.call_at(at, self._wanted.set)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        if self._waiting:
            self._ask(max(self._patient_until(), self._wrote_at + self._conf.tick_seconds))

    def _patient_until(self) -> float:
        writes = sum(len(channel.listeners) for channel in self._waiting)
        patience = min(MOST_PATIENCE_SECONDS, writes * self._write_seconds / self._conf.values_share)
        return min(self._waiting.values()) + patience

    # A pass

    async def flush(self) -> None:
        begun, self._written = self._loop.time(), 0
        due, self._due = min(self._due, begun), NEVER
        self._cancel()
        self._wanted.clear()
        apart, groups = self._collect(due)
        if apart or groups:
            self._wrote_at = begun
        await self._write_apart(apart, due)
        for number, group in enumerate(groups):
            reached = await self._write(group)
            if reached < len(group.listeners):
                rest = Group(group.frames, group.listeners[reached:], group.due)
                self._owed = [rest, *groups[number + 1 :]]
                break
            self._note(group.due)
        if self._written >= SOCKETS_PER_BREATH:
            took = (self._loop.time() - begun) / self._written
            self._write_seconds += (took - self._write_seconds) * NEW_SHARE
        self._wait()

    def _note(self, due: float) -> None:
        self._lag = max(self._lag, self._loop.time() - due)

    async def _write_apart(self, apart: list[tuple[Connection, bytes]], due: float) -> None:
        for number, (connection, frames) in enumerate(apart, start=1):
            connection.outlet.write(frames)
            if not number % SOCKETS_PER_BREATH:
                await asyncio.sleep(0)
        if apart:
            self._written += len(apart)
            self._note(due)

    async def _write(self, group: Group) -> int:
        """How many of the group were reached before the next pass was due: some in any case."""
        frames, listeners = group.frames, group.listeners
        for first in range(0, len(listeners), SOCKETS_PER_BREATH):
            some = listeners[first : first + SOCKETS_PER_BREATH]
            for connection in some:
                connection.outlet.write(frames)
            before = self._written // SOCKETS_PER_BREATH
            self._written += len(some)
            if self._written // SOCKETS_PER_BREATH > before:
                # One big room must not starve the others.
                await asyncio.sleep(0)
                if self._wanted.is_set():
                    return first + len(some)
        return len(listeners)

    def _collect(self, due: float) -> tuple[list[tuple[Connection, bytes]], list[Group]]:
        """Takes what there is to say: what is for one connection alone, and what is for several, in their order."""
        apart, self._apart = self._apart, {}
        speaking, self._speaking = self._speaking, {}
        owed, self._owed = self._owed, []
        said: list[bytes] = []
        hears: dict[Connection, int] = {}
        for number, group in enumerate(owed):
            said.append(group.frames)
            hears.update(dict.fromkeys(group.listeners, 1 << number))
        old = (1 << len(said)) - 1
        for channel in speaking:
            take(channel, said, hears, apart)
        new = (1 << len(said)) - 1 & ~old
        if new:
            self._spoke_at = self._loop.time()
        for channel in self._values(hears):
            take(channel, said, hears, apart)

        def joined(bits: int) -> bytes:
            return b"".join(one for at, one in enumerate(said) if bits >> at & 1)

        alone = []
        for connection, own in apart.items():
            bits = hears.pop(connection, 0)
            # What was owed comes before one's own, and that before the rest: who joined within this tick hears the
            # replay, then what followed it.
            alone.append((connection, b"".join((joined(bits & old), *own, joined(bits & ~old)))))
        together: dict[int, list[Connection]] = {}
        if len(said) == 1 and hears:
            together[1] = list(hears)
        else:
            for connection, bits in hears.items():
                together.setdefault(bits, []).append(connection)
        urgent: list[Group] = []
        values: list[Group] = []
        for bits, listeners in together.items():
            since = [group.due for number, group in enumerate(owed) if bits >> number & 1]
            group = Group(joined(bits), listeners, min([*since, due if bits & new else NEVER]))
            (urgent if bits & (old | new) else values).append(group)
        return alone, small_first(urgent) + values

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


def small_first(groups: list[Group]) -> list[Group]:
    """A few small rooms do not wait for a large one; the others stay in their order, those first who are owed."""
    left, small = SOCKETS_PER_BREATH, []
    for group in sorted(groups, key=lambda group: len(group.listeners)):
        left -= len(group.listeners)
        if left < 0:
            break
        small.append(group)
    return small + [group for group in groups if group not in small]


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
