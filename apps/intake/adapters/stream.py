"""The Redis stream as a source of accepted items: a consumer group, so that several drains share the work."""

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.exceptions import ResponseError

from apps.intake import gates, store
from apps.intake.items import Item, sound

logger = logging.getLogger(__name__)

GROUP = "drain"
STALE_SECONDS = 20.0
"""Longer than a batch takes. What a drain has held for so long is another one's: it was killed."""
LOOK_SECONDS = 5.0
GONE_SECONDS = 3600.0

_body = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Taken:
    token: str
    item: Item


class Stream:
    name = "redis"

    def __init__(self, *, stale_seconds: float = STALE_SECONDS) -> None:
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._stale_ms = int(stale_seconds * 1000)
        self._looked = float("-inf")

    def take(self, most: int, *, wait_seconds: float) -> list[Taken]:
        """New items, or those that a drain left behind; nothing after a while without any."""
        try:
            return self._left_behind(most) or self._new(most, wait_seconds)
        except ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            self._make_group()  # the first start, or a Redis that was emptied
            return self._new(most, wait_seconds)

    def _new(self, most: int, wait_seconds: float) -> list[Taken]:
        found: Any = store.client().xreadgroup(
            GROUP, self.consumer, {store.STREAM: ">"}, count=most, block=max(1, int(wait_seconds * 1000))
        )
        return [_taken(entry) for _stream, entries in found or [] for entry in entries]

    def _left_behind(self, most: int) -> list[Taken]:
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return []
        claimed: Any = store.client().xautoclaim(store.STREAM, GROUP, self.consumer, self._stale_ms, count=most)
        found = [_taken(entry) for entry in claimed[1] if entry[1]]
        if not found:  # else there may be more
            self._looked = time.monotonic()
            self._bury()
        return found

    def _bury(self) -> None:
        """Forgets drains that are long gone and hold nothing."""
        for known in store.client().xinfo_consumers(store.STREAM, GROUP):
            if known["pending"] == 0 and known["idle"] > GONE_SECONDS * 1000 and known["name"] != self.consumer:
                store.client().xgroup_delconsumer(store.STREAM, GROUP, known["name"])

    def done(self, taken: Iterable[Taken]) -> None:
        tokens = [one.token for one in taken]
        if tokens:
            pipeline = store.client().pipeline(transaction=True)
            pipeline.xack(store.STREAM, GROUP, *tokens)
            pipeline.xpending(store.STREAM, GROUP)
            pipeline.xinfo_groups(store.STREAM)
            _count, pending, groups = pipeline.execute()
            # A stream is cut off cheaply at its end; deleting each entry costs more than taking it. What is older than
            # all that anybody holds is done, and stays so.
            oldest = pending["min"] if pending["pending"] else _after(_last_delivered(groups))
            store.client().xtrim(store.STREAM, minid=oldest, approximate=False)

    def close(self) -> None:
        """Leaves the group, unless something of ours is left for another one to claim."""
        try:
            mine = store.client().xpending_range(store.STREAM, GROUP, "-", "+", 1, self.consumer)
            if not mine:
                store.client().xgroup_delconsumer(store.STREAM, GROUP, self.consumer)
        except store.Failed:
            logger.info("Left without a word to Redis; the others notice.")

    def _make_group(self) -> None:
        try:
            store.client().xgroup_create(store.STREAM, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


def _last_delivered(groups: Iterable[dict[str, Any]]) -> str:
    return next(str(group["last-delivered-id"]) for group in groups if group["name"] == GROUP)


def _after(token: str) -> str:
    moment, _dash, number = token.partition("-")
    return f"{moment}-{int(number) + 1}"


def depth() -> int:
    """Also what is done behind something older that a drain still holds, or held when it was killed."""
    return int(store.client().xlen(store.STREAM))


def oldest_seconds() -> float:
    """How long the oldest item has waited; 0 when none does."""
    first: Any = store.client().xrange(store.STREAM, count=1)
    if not first:
        return 0.0
    seconds, micros = store.client().time()
    return max(0.0, seconds + micros / 1e6 - int(first[0][0].partition("-")[0]) / 1000)


def _taken(entry: tuple[str, dict[str, str]]) -> Taken:
    """What nobody of ours wrote becomes an item of an unknown kind, and so a dead letter."""
    token, fields = entry
    try:
        item = sound(
            Item(
                kind=fields["kind"],
                gate=fields["gate"],
                key=fields["key"],
                revision=int(fields["revision"]),
                body=_body.decode(fields["body"]),
                at=gates.moment(fields["at"]),
            ),
            fields["body"],
        )
    except (KeyError, ValueError, OverflowError, OSError, msgspec.DecodeError):
        item = Item("unreadable", "", token, 0, {"fields": fields})
    return Taken(token, item)
