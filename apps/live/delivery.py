"""Ticks: what one tick has for a socket leaves in one write, and sockets that hear the same share the same bytes."""

import asyncio
from typing import TYPE_CHECKING

from apps.live.connection import Connection

if TYPE_CHECKING:
    from apps.live.hub import AnyChannel

SOCKETS_PER_BREATH = 256
Apart = dict[Connection, list[bytes]]


class Delivery:
    def __init__(self, tick_seconds: float) -> None:
        self._tick_seconds = tick_seconds
        self._wanted = asyncio.Event()
        self._speaking: dict[AnyChannel, None] = {}
        self._apart: Apart = {}
        self._last = 0.0
        self._lag = 0.0

    def tell(self, connection: Connection, frame: bytes) -> None:
        """Says something to one connection, in the coming tick."""
        if not connection.gone:
            self._apart.setdefault(connection, []).append(frame)
            self._wanted.set()

    def speak(self, channel: "AnyChannel") -> None:
        """What the channel has to say goes out in the coming tick. Call it after whatever fills `out`."""
        if channel.out:
            self._speaking[channel] = None
            self._wanted.set()

    def forget(self, connection: Connection) -> None:
        self._apart.pop(connection, None)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            asked = loop.time()
            # Who speaks after a silence is heard at once; who keeps speaking, once a tick.
            pause = self._last + self._tick_seconds - loop.time()
            if pause > 0:
                await asyncio.sleep(pause)
            self._wanted.clear()
            due, self._last = max(asked, self._last + self._tick_seconds), loop.time()
            await self.flush()
            self._lag = max(self._lag, loop.time() - due)

    def take_lag(self) -> float:
        """How long after it was due the slowest tick since the last call had been written to its last socket."""
        lag, self._lag = self._lag, 0.0
        return lag

    async def flush(self) -> None:
        speaking, self._speaking = self._speaking, {}
        apart, self._apart = self._apart, {}
        said, hears = collect(speaking, apart)
        joined: dict[int, bytes] = {}
        for number, (connection, bits) in enumerate(hears.items(), start=1):
            shared = joined.get(bits)
            if shared is None:
                shared = joined[bits] = b"".join(one for at, one in enumerate(said) if bits >> at & 1)
            own = apart.pop(connection, None) if apart else None
            # One's own comes first: who joined within this tick hears the replay before what followed it.
            connection.write(shared if own is None else b"".join((*own, shared)))
            if not number % SOCKETS_PER_BREATH:
                # One big room must not starve the others.
                await asyncio.sleep(0)
        for number, (connection, frames) in enumerate(apart.items(), start=1):
            connection.write(b"".join(frames))
            if not number % SOCKETS_PER_BREATH:
                await asyncio.sleep(0)


def collect(speaking: "dict[AnyChannel, None]", apart: Apart) -> tuple[list[bytes], dict[Connection, int]]:
    """What is said to several, and who hears which of it (as bits); what one hears alone is added to `apart`."""
    said: list[bytes] = []
    hears: dict[Connection, int] = {}
    for channel in speaking:
        frames, newcomers = channel.take_out()
        for newcomer, own in newcomers:
            apart.setdefault(newcomer, []).append(own)
        if len(channel.listeners) == 1:
            (only,) = channel.listeners
            apart.setdefault(only, []).append(frames)
        else:
            bit = 1 << len(said)
            said.append(frames)
            if hears:
                for connection in channel.listeners:
                    hears[connection] = hears.get(connection, 0) | bit
            else:
                hears = dict.fromkeys(channel.listeners, bit)
        channel.settle()
    return said, hears
