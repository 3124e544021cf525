"""What the engine keeps in Redis: everything here may be lost and is rebuilt."""

import asyncio
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

PREFIX = "plenary:live:"
OPTIONS: dict[str, Any] = {"socket_timeout": 5, "socket_connect_timeout": 3}
_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()

ConnectionFailed = (redis.ConnectionError, redis.TimeoutError, OSError)
Failed = redis.RedisError


@cache
def _blocking(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **OPTIONS)


def blocking() -> redis.Redis:
    """The client of threads; its pool is safe to share between them."""
    return _blocking(settings.REDIS_URL)


def loop_client() -> redis.asyncio.Redis:
    """The client of the running event loop."""
    loop = asyncio.get_running_loop()
    client = _by_loop.get(loop)
    if client is None:
        client = _by_loop[loop] = redis.asyncio.Redis.from_url(settings.REDIS_URL, **OPTIONS)
    return client


async def close_loop_client() -> None:
    client = _by_loop.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.aclose()


def key(name: str) -> str:
    return PREFIX + name


def text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
