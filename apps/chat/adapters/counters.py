"""Stage reactions, counted in Redis: a hash a room. They may be lost with it, and begin again at nothing."""

from collections.abc import Mapping
from functools import cache

import redis
from django.conf import settings

from apps.core.errors import Refused
from django.utils.translation import gettext_lazy as _

KEEP_SECONDS = 60 * 60 * 24 * 30


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=3)


def _key(room_id: int) -> str:
    return f"plenary:chat:reactions:{room_id}"


def add(counts: Mapping[int, Mapping[str, int]]) -> None:
    """Adds, for each room, to each kind: one round trip whatever their number. Refused while Redis is away."""
    pipeline = _client(settings.REDIS_URL).pipeline(transaction=False)
    for room_id, kinds in counts.items():
        for kind, count in kinds.items():
            pipeline.hincrby(_key(room_id), kind, count)
        pipeline.expire(_key(room_id), KEEP_SECONDS)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        raise Refused(
            "chat.reactions_away", _("Reactions rest for a moment. Try again soon."), retry_after=5, status=503
        ) from error


def read(room_id: int) -> dict[str, int]:
    """What was counted; nothing while Redis is away."""
    try:
        found = _client(settings.REDIS_URL).hgetall(_key(room_id))
    except redis.RedisError:
        return {}
    return {kind.decode(): int(count) for kind, count in found.items()}
