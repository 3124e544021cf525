"""The places inside an event that were asked about again lately (see `again.py`): in Redis, for as long as a ticket
lives that was given before.

A place is how topics begin: `session/7/polls` stands at `session/7`, and what a person has of their own there
(`person/5/quiz/3`) at `quiz/3`.
"""

from collections.abc import Container, Iterable

from apps.live import store, tickets, versions

REMEMBER_SECONDS = 2 * tickets.RESUME_SECONDS
OWN = "person"


def key(event_id: int) -> str:
    """A hash: place → the version at which it was last asked about."""
    return store.key(f"again:{event_id}")


async def remember(event_id: int, places: Iterable[str]) -> dict[str, int]:
    redis = store.loop_client()
    at = int(await redis.eval(versions.NEXT, 1, versions.KEY))
    marks = dict.fromkeys(places, at)
    async with redis.pipeline() as pipe:
        pipe.hset(key(event_id), items=[word for mark in marks.items() for word in mark])
        pipe.expire(key(event_id), REMEMBER_SECONDS)
        await pipe.execute()
    return marks


async def lately(event_id: int) -> dict[str, int]:
    found = await store.loop_client().hgetall(key(event_id))
    return {store.text(place): int(at) for place, at in found.items()}


def stands_at(topic: str, places: Container[str]) -> bool:
    parts = topic.split("/")
    if parts[0] == OWN:
        parts = parts[2:]
    return any("/".join(parts[:end]) in places for end in range(1, len(parts) + 1))
