"""How long the oldest item has waited in SQS, which does not say: kept in Redis from the stamps of what is accepted.

One stamp is kept: nothing that waits is older. The first who sends to an empty queue leaves theirs, each batch that
is done moves it on to the oldest of its items, and a drain that finds nothing, while SQS counts nothing either, takes
it away. Where items of different groups overtake each other, or SQS counts late, it is off by as much.
"""

from collections.abc import Iterable, Sequence

from apps.intake import gates, store
from apps.intake.items import Item

KEY = f"{store.PREFIX}oldest"
MOVE_ON = """
local kept = redis.call('GET', KEYS[1])
if kept and tonumber(ARGV[1]) > tonumber(kept) then redis.call('SET', KEYS[1], ARGV[1]) end
"""
TAKE_AWAY = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


def comes(items: Iterable[Item]) -> None:
    """These are about to be sent."""
    if stamp := _oldest(items):
        store.client().set(KEY, stamp, nx=True)


def passed(items: Sequence[Item]) -> None:
    """These are done, and most of what came before them."""
    if stamp := _oldest(items):
        store.client().eval(MOVE_ON, 1, KEY, stamp)


def oldest() -> str:
    """The stamp that is kept; '' where nothing is known to wait."""
    return str(store.client().get(KEY) or "")


def nothing_waits(known: str) -> None:
    """Unless something has come since `known` was read."""
    store.client().eval(TAKE_AWAY, 1, KEY, known)


def seconds(depth: int) -> float | None:
    """None where something waits, and since when is not known: Redis was emptied."""
    if not depth:
        return 0.0
    stamp = oldest()
    if not stamp:
        return None
    now, micros = store.client().time()
    return max(0.0, now + micros / 1e6 - int(stamp) / 1e6)


def _oldest(items: Iterable[Item]) -> str:
    return gates.stamp(min((item.at for item in items if item.at), default=None))
