"""Who is here: counts of the people whose sockets have joined a topic with `presence = True`.

Distinct people, over all processes. Nothing drifts: each process writes what it added beside the shared count,
under a lease; when the lease runs out (the process died) another one takes exactly that back.
"""

import logging
from collections.abc import Iterable

from apps.live import store

logger = logging.getLogger(__name__)


def here_key(event_id: int, topic: str) -> str:
    return store.key(f"here:{event_id}:{topic}")


def count(event_id: int, topic: str) -> int:
    """How many people are here, exactly: for moderators. 0 while Redis cannot be reached."""
    try:
        return int(store.blocking().hlen(here_key(event_id, topic)))
    except store.Failed:
        logger.warning("Redis cannot be reached; presence counts are 0 until it can.")
        return 0


def counts(event_id: int, topics: list[str]) -> dict[str, int]:
    """The counts of many topics in one round trip."""
    try:
        pipeline = store.blocking().pipeline(transaction=False)
        for topic in topics:
            pipeline.hlen(here_key(event_id, topic))
        return dict(zip(topics, map(int, pipeline.execute()), strict=True))
    except store.Failed:
        logger.warning("Redis cannot be reached; presence counts are 0 until it can.")
        return dict.fromkeys(topics, 0)


def people(event_id: int, topic: str, *, most: int = 200) -> list[int]:
    """The user ids of some of those who are here (at most `most`); anonymous visitors are only counted."""
    found: list[int] = []
    try:
        for member, _ in store.blocking().hscan_iter(here_key(event_id, topic), count=500):
            word = store.text(member)
            if word.isdecimal():
                found.append(int(word))
                if len(found) >= most:
                    break
    except store.Failed:
        logger.warning("Redis cannot be reached; nobody seems to be here until it can.")
    return sorted(found)


def among(event_id: int, topic: str, user_ids: Iterable[int]) -> set[int]:
    """Which of these people are here, in one round trip whatever their number."""
    asked = list(user_ids)
    if not asked:
        return set()
    try:
        found = store.blocking().hmget(here_key(event_id, topic), [str(user_id) for user_id in asked])
    except store.Failed:
        logger.warning("Redis cannot be reached; nobody seems to be here until it can.")
        return set()
    return {user_id for user_id, sockets in zip(asked, found, strict=True) if sockets is not None}


def about(number: int) -> int:
    """What everyone is told: exact up to 100, then three significant figures at most, so that it does not twitch."""
    if number <= 100:
        return number
    if number < 1000:
        return number // 10 * 10
    step = int(10 ** (len(str(number)) - 3))
    return number // step * step
