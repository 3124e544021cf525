"""Who was revoked lately, as a process knows it; and the newest epoch of an event, for the feed's addresses."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from apps.live import lately, store, tickets
from apps.live.registry import Who

if TYPE_CHECKING:
    from apps.live.hub import Hub

EPOCH_SECONDS = 60
"""Then it is read in the database again: a process may have died before it told Redis."""
EVERYBODY = 0
"""Stands for all people of an event, and its visitors: nobody has this number."""


def epoch_key(event_id: int) -> str:
    return store.key(f"epoch:{event_id}")


# Revocations may arrive in any order; what is remembered only ever grows.
REMEMBER = """
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
"""


async def remember_epoch(event_id: int, epoch: int) -> None:
    await store.loop_client().eval(REMEMBER, 1, epoch_key(event_id), epoch, EPOCH_SECONDS)


async def epoch(event_id: int) -> int | None:
    """The newest epoch heard of; None where Redis does not know it (any more)."""
    found = await store.loop_client().get(epoch_key(event_id))
    return None if found is None else int(found)


async def learn_epoch(event_id: int, read: int) -> None:
    """What the database says, for where Redis knows nothing newer."""
    await store.loop_client().set(epoch_key(event_id), read, nx=True, ex=EPOCH_SECONDS)


class Floors:
    """Of each event here, the least epoch that tickets must carry. Read once before its first socket, and from then on
    in memory: who comes back costs no query."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._floors: dict[int, dict[int, int]] = {}
        self._known: set[int] = set()
        """The events of which `_floors` holds what was before this process came to listen."""
        self._learning: dict[int, asyncio.Task[None]] = {}
        self._read_at = hub.loop.time()

    async def learn(self, event_id: int) -> None:
        """Many may ask at once; it is read once. Raises one of AWAY."""
        if event_id in self._known:
            return
        learning = self._learning.get(event_id)
        if learning is None:
            learning = self._learning[event_id] = self._hub.loop.create_task(self._learn(event_id))
            learning.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may wait
        await asyncio.shield(learning)

    async def _learn(self, event_id: int) -> None:
        try:
            await self._read({event_id}, lately.REMEMBER_SECONDS)
            self._known.add(event_id)
        finally:
            del self._learning[event_id]

    async def refresh(self, events: set[int]) -> None:
        """At each sweep, in case a message was not heard. After an outage, all that was written during it."""
        now = self._hub.loop.time()
        await self._read(events, min(now - self._read_at + lately.OVERLAP_SECONDS, lately.KEEP_SECONDS))
        self._read_at = now

    async def _read(self, events: set[int], seconds: float) -> None:
        found = await self._hub.executor.run(lately.read, events, seconds)
        for event_id in events:
            self._hub.revoke(event_id, found.floors[event_id])
            self._hub.again.hear(event_id, found.marks[event_id])

    async def admit(self, ticket: str) -> tickets.Pass:
        """What this ticket says, if its holder was not revoked since. Raises StaleError, or one of AWAY."""
        held = tickets.read_pass(ticket)
        await self.learn(held.who.event_id)
        if self.is_revoked(held.who):
            raise tickets.StaleError("revoked")
        return held

    def is_revoked(self, who: Who) -> bool:
        known = self._floors.get(who.event_id, {})
        least = known.get(EVERYBODY, 0)
        if who.user_id is not None:
            least = max(least, known.get(who.user_id, 0))
        return who.epoch < least

    def raise_to(self, event_id: int, floors: Mapping[int, int]) -> dict[int, int]:
        """Those of them that are news."""
        known = self._floors.setdefault(event_id, {})
        news = {user_id: least for user_id, least in floors.items() if least > known.get(user_id, 0)}
        known.update(news)
        return news

    def forget_all_but(self, events: set[int]) -> None:
        events = events | self._learning.keys()
        self._floors = {event_id: known for event_id, known in self._floors.items() if event_id in events}
        self._known &= events
