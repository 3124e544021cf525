"""Sums that move too often for the database, kept in Redis: what an audience feels, never what somebody decides.

They may be lost with Redis, and then begin again at nothing.
"""

import logging
from collections.abc import Mapping
from typing import cast

from apps.live import store

logger = logging.getLogger(__name__)

KEEP_SECONDS = 60 * 60 * 24 * 30

# One script, so that no sum can be left without an end.
OVER = """
local sums = {}
for at, key in ipairs(KEYS) do
  sums[at] = redis.call('INCRBY', key, ARGV[at])
  if redis.call('TTL', key) < 0 then redis.call('EXPIRE', key, ARGV[#ARGV]) end
end
return sums
"""


def _key(event_id: int, name: str) -> str:
    return f"plenary:counter:{event_id}:{name}"


def add(event_id: int, counts: Mapping[str, Mapping[str, int]]) -> bool:
    """By counter and word: what to add, in one round trip whatever their number. False while Redis is away."""
    pipeline = store.blocking().pipeline(transaction=False)
    for name, words in counts.items():
        for word, count in words.items():
            pipeline.hincrby(_key(event_id, name), word, count)
        pipeline.expire(_key(event_id, name), KEEP_SECONDS)
    try:
        pipeline.execute()
    except store.Failed:
        logger.warning("Redis cannot be reached; what was to be counted is not.")
        return False
    return True


def read(event_id: int, name: str) -> dict[str, int]:
    """What was counted; nothing while Redis is away."""
    try:
        found = store.blocking().hgetall(_key(event_id, name))
    except store.Failed:
        logger.warning("Redis cannot be reached; counters are empty until it can.")
        return {}
    return {store.text(word): int(count) for word, count in found.items()}


def over(event_id: int, name: str, wanted: Mapping[str, int], *, most: int, seconds: int) -> set[str]:
    """Counts what each of these words wants, and says which of them have now wanted more than `most` in the last
    `seconds`, in one round trip. Nobody while Redis is away."""
    if not wanted:
        return set()
    keys = [f"{_key(event_id, name)}:{word}" for word in wanted]
    try:
        sums = cast("list[int]", store.blocking().eval(OVER, len(keys), *keys, *wanted.values(), seconds))
    except store.Failed:
        logger.warning("Redis cannot be reached; nobody is held back for being quick.")
        return set()
    return {word for word, total in zip(wanted, sums, strict=True) if int(total) > most}
