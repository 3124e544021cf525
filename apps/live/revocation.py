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
