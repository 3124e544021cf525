"""What a batch of commands asks Redis, in one round trip before it is done: which of them were answered already, and
which are more than their person, or their place, may ask for over all processes together. What was answered before
takes nothing from anybody.

The round trip is there anyway, and in batches of 100 a call's buckets take Redis 8 µs, beside some hundreds for what
the call then does. So the shared buckets hold for every command; one process' own buckets before them keep a flood
from coming this far.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.core.errors import Refused
from apps.live import limits, refusals, store
from apps.live.registry import Command

if TYPE_CHECKING:
    from apps.live.commands import Asked

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 15 * 60
REMEMBER = """
for place = 1, #KEYS do redis.call('SET', KEYS[place], ARGV[place], 'EX', ARGV[#KEYS + 1]) end
"""
"""One command for a whole batch: hundreds of their own would cost this process more than Redis."""


@dataclass(frozen=True, slots=True)
class Known:
    answers: dict[str, bytes]
    """By the command's key: what it was answered the first time."""
    refusals: list[Refused | None]
    """One for each command of the batch: whether it is too much."""


def key_of(event_id: int, user_id: int | None, name: str, call_id: str | None) -> str | None:
    if call_id is None or user_id is None:
        return None
    return store.key(f"answer:{event_id}:{user_id}:{name}:{call_id}")


async def look_up(command: Command, batch: "Sequence[Asked]") -> Known:
    rates = [command.rate] if command.place_rate is None else [command.rate, command.place_rate]
    keys = [key for asked in batch for key in (asked.key or limits.NO_KEY, *_buckets(command, asked))]
    try:
        found: Any = await store.loop_client().eval(limits.TAKE, len(keys), *keys, *limits.shared_words(rates))
    except store.Failed:
        # The features' unique columns still stand between a retry and doing it twice, and this process' own buckets
        # between a flood and the database.
        return Known({}, [asked.refusal for asked in batch])
    waits, answers = found
    return Known(
        {asked.key: data for asked, data in zip(batch, answers, strict=True) if asked.key and data is not None},
        [asked.refusal or _refusal(wait) for asked, wait in zip(batch, waits, strict=True)],
    )


def _buckets(command: Command, asked: "Asked") -> list[str]:
    if asked.refusal is not None:
        return [limits.NO_KEY] * (1 if command.place_rate is None else 2)
    person = f"rate:{asked.call.who.event_id}:{asked.connections[0].person}:{command.name}"
    if command.place_rate is None:
        return [store.key(person)]
    place = f"rate:{asked.call.who.event_id}:place:{command.place(asked.call.body)}:{command.name}"
    return [store.key(person), store.key(place)]


def _refusal(wait_ms: int) -> Refused | None:
    if wait_ms == 0:
        return None
    return refusals.too_fast(wait_ms / 1000) if wait_ms > 0 else refusals.place_busy(-wait_ms / 1000)


async def remember(answers: dict[str, bytes]) -> None:
    if not answers:
        return
    try:
        await store.loop_client().eval(REMEMBER, len(answers), *answers, *answers.values(), ANSWER_SECONDS)
    except store.Failed:
        logger.warning("Redis cannot be reached; answers are not remembered.")
