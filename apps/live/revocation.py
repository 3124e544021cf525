"""Who was revoked lately: what a process that did not hear the message reads in Redis.

Only as long as tickets live: who was revoked earlier has none left that opens a socket.
"""

from apps.live import store
from apps.live.tickets import TICKET_SECONDS

REMEMBER_SECONDS = TICKET_SECONDS * 5


def floors_key(event_id: int) -> str:
    """A hash: user id → the least epoch that a ticket of theirs must carry."""
    return store.key(f"floors:{event_id}")


def epoch_key(event_id: int) -> str:
    return store.key(f"epoch:{event_id}")


async def remember(event_id: int, user_id: int, epoch: int) -> None:
    pipeline = store.loop_client().pipeline(transaction=True)
    pipeline.hset(floors_key(event_id), str(user_id), str(epoch))
    pipeline.expire(floors_key(event_id), REMEMBER_SECONDS)
    pipeline.set(epoch_key(event_id), epoch)
    await pipeline.execute()


async def floors(event_id: int) -> dict[int, int]:
    found = await store.loop_client().hgetall(floors_key(event_id))
    return {int(user): int(epoch) for user, epoch in found.items()}


async def epoch(event_id: int) -> int:
    """The newest epoch heard of; 0 where nobody was revoked."""
    return int(await store.loop_client().get(epoch_key(event_id)) or 0)


class Floors:
    """What this process knows of it, event by event."""

    def __init__(self) -> None:
        self._floors: dict[int, dict[int, int]] = {}

    async def load(self, event_id: int) -> None:
        """Reads it from Redis: at an event's first socket, and at each sweep in case a message was not heard."""
        known = self._floors.setdefault(event_id, {})
        for user_id, least in (await floors(event_id)).items():
            known[user_id] = max(least, known.get(user_id, 0))

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
        return 0 if user_id is None else self._floors.get(event_id, {}).get(user_id, 0)
