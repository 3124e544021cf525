"""Who was revoked lately: what a process that did not hear the message reads in Redis.

Only as long as tickets live: who was revoked earlier has none left that opens a socket.
"""

from apps.live import store, tickets
from apps.live.tickets import TICKET_SECONDS

REMEMBER_SECONDS = TICKET_SECONDS * 5
LEARNED_SECONDS = 60
EVERYBODY = 0
"""Stands for all people of an event, and its visitors: nobody has this number."""


def floors_key(event_id: int) -> str:
    """A hash: user id → the least epoch that a ticket of theirs must carry; of EVERYBODY, that all must."""
    return store.key(f"floors:{event_id}")


def epoch_key(event_id: int) -> str:
    return store.key(f"epoch:{event_id}")


# Revocations may arrive in any order; what is remembered only ever grows.
REMEMBER = """
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') < tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
if tonumber(redis.call('GET', KEYS[2]) or '0') < tonumber(ARGV[2]) then redis.call('SET', KEYS[2], ARGV[2]) end
"""


async def remember(event_id: int, user_id: int, epoch: int) -> None:
    keys = (floors_key(event_id), epoch_key(event_id))
    await store.loop_client().eval(REMEMBER, 2, *keys, user_id, epoch, REMEMBER_SECONDS)


async def floors(event_id: int) -> dict[int, int]:
    found = await store.loop_client().hgetall(floors_key(event_id))
    return {int(user): int(epoch) for user, epoch in found.items()}


async def epoch(event_id: int) -> int | None:
    """The newest epoch heard of; None where Redis does not know it (any more)."""
    found = await store.loop_client().get(epoch_key(event_id))
    return None if found is None else int(found)


async def learn_epoch(event_id: int, read: int) -> None:
    """What the database says, for where Redis knows nothing newer."""
    await store.loop_client().set(epoch_key(event_id), read, nx=True, ex=LEARNED_SECONDS)


class Floors:
    """What this process knows of it, event by event."""

    def __init__(self) -> None:
        self._floors: dict[int, dict[int, int]] = {}

    async def load(self, event_id: int) -> None:
        """Reads it from Redis: at an event's first socket, and at each sweep in case a message was not heard."""
        known = self._floors.setdefault(event_id, {})
        for user_id, least in (await floors(event_id)).items():
            known[user_id] = max(least, known.get(user_id, 0))

    async def admit(self, ticket: str) -> tickets.Pass:
        """What this ticket says, if its holder was not revoked since. Raises StaleError."""
        held = tickets.read_pass(ticket)
        who = held.who
        if not self.knows(who.event_id):
            await self.load(who.event_id)
        if who.epoch < self.least(who.event_id, who.user_id):
            raise tickets.StaleError("revoked")
        return held

    def knows(self, event_id: int) -> bool:
        return event_id in self._floors

    def forget_all_but(self, events: set[int]) -> None:
        self._floors = {event_id: known for event_id, known in self._floors.items() if event_id in events}

    def raise_to(self, event_id: int, user_id: int, least: int) -> None:
        known = self._floors.get(event_id)
        if known is not None:
            known[user_id] = max(least, known.get(user_id, 0))

    def of(self, event_id: int) -> dict[int, int]:
        return self._floors.get(event_id, {})

    def least(self, event_id: int, user_id: int | None) -> int:
        """The least epoch that a ticket of this person must carry."""
        known = self._floors.get(event_id, {})
        of_all = known.get(EVERYBODY, 0)
        return of_all if user_id is None else max(of_all, known.get(user_id, 0))
