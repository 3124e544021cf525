"""Who is asked about again: a place inside an event opens to fewer people than before, and its sockets stay open.

Each process puts those who hear a topic at such a place to its guard once more, and takes the topic from whom it
refuses. Nobody else notices.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from apps.core.errors import Refused
from apps.live import places
from apps.live.connection import Connection
from apps.live.joining import error

if TYPE_CHECKING:
    from apps.live.hub import AnyChannel, Hub

DOUBT_SECONDS = 120
"""After an asking every process has read of it, at one of its sweeps at the latest; the clocks of the database and of
processes differ by less. A resume ticket that is younger was given by one that knew."""
MOST_AT_ONCE = 300
MICRO = 1_000_000
"""A mark is the moment of its asking, by the database's clock; see `lately.ASK`."""
MOST_TRIES = 4
WAIT_SECONDS = 0.5
FAILED = 500


class Again:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._heard: dict[int, dict[str, int]] = {}
        self._turns: Counter[int] = Counter()

    def turn(self, event_id: int) -> int:
        """Grows with each asking: whoever was let in at an earlier turn, and joins now, is asked about too."""
        return self._turns[event_id]

    def hear(self, event_id: int, marks: Mapping[str, int]) -> None:
        """May be told the same twice, and late."""
        known = self._heard.setdefault(event_id, {})
        new = {place for place, at in marks.items() if at > known.get(place, 0)}
        if not new:
            return
        known.update({place: marks[place] for place in new})
        self._turns[event_id] += 1
        self._hub.guards.forget(event_id)
        for (event, name), channel in list(self._hub.channels.items()):
            if event == event_id and not channel.is_empty and places.stands_at(name, new):
                self._hub.tasks.spawn(self._ask_all(channel))

    async def doubts(self, event_id: int, given_at: float) -> frozenset[str]:
        """The places that a resume ticket of this time does not open: it may be older than the asking. Raises one of
        AWAY."""
        await self._hub.floors.learn(event_id)
        known = self._heard.get(event_id, {})
        return frozenset(place for place, mark in known.items() if given_at < mark / MICRO + DOUBT_SECONDS)

    def forget_all_but(self, events: set[int]) -> None:
        self._heard = {event_id: known for event_id, known in self._heard.items() if event_id in events}

    async def _ask_all(self, channel: "AnyChannel") -> None:
        everybody = [*channel.listeners, *channel.newcomers]
        for first in range(0, len(everybody), MOST_AT_ONCE):
            some = everybody[first : first + MOST_AT_ONCE]
            await asyncio.gather(*(self.ask(connection, channel) for connection in some))

    async def ask(self, connection: Connection, channel: "AnyChannel") -> None:
        """A guard that fails is asked again before its failure counts as a no."""
        refusal = await self._answer(connection, channel)
        for attempt in range(1, MOST_TRIES):
            if refusal is None or refusal.status < FAILED:
                break
            await asyncio.sleep(WAIT_SECONDS * attempt)
            refusal = await self._answer(connection, channel)
        if refusal is not None and channel in connection.topics:
            self._hub.leave(connection, channel)
            self._hub.tell(connection, error(connection.who, refusal, topic=channel.name))
            self._hub.joining.give_resume(connection)

    async def _answer(self, connection: Connection, channel: "AnyChannel") -> Refused | None:
        if connection.gone:
            return None
        [answer] = await self._hub.guards.ask(connection.who, [channel.match])
        return answer
