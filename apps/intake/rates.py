"""How fast each drain goes: left by it in one hash of Redis, with the moment until which it holds."""

from typing import Any

from apps.intake import store

LEAVE = """
local until_then = tonumber(redis.call('TIME')[1]) + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. string.format('%.0f', until_then))
redis.call('EXPIRE', KEYS[1], 3600)
"""


def leave(name: str, rate: float, *, seconds: float) -> None:
    """Of the drain of that name; by the clock of Redis, since drains stand on several machines."""
    store.client().eval(LEAVE, 1, store.RATES, name, f"{rate:.1f}", str(seconds))


def together() -> float:
    """Items a second over all drains. Those that have ended are forgotten."""
    now, _micros = store.client().time()
    found: Any = store.client().hgetall(store.RATES)
    total, over = 0.0, []
    for name, left in found.items():
        rate, _space, until = left.partition(" ")
        if int(until) < now:
            over.append(name)
        else:
            total += float(rate)
    if over:
        store.client().hdel(store.RATES, *over)
    return total
