"""Publishes state topics that changed: any live process may, each topic is claimed by one at a time."""

import asyncio
import logging
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist

from apps.core.errors import Refused
from apps.live import dirty, layer, wire
from apps.live.registry import Match, StateTopic, resolve

if TYPE_CHECKING:
    from apps.live.hub import Hub

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
RESTING_SHARE = 4


class Ticker:
    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._next: dict[str, dirty.Claim] = {}
        """Of what changed while it is being read: the newest claim, whose turn comes then."""

    async def run(self) -> None:
        """A value that takes long to read holds up no other: claiming goes on while there is room."""
        while True:
            if len(self._under_way) >= MOST_AT_ONCE:
                await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
            most = MOST_AT_ONCE - len(self._under_way)
            claims = await dirty.claim(most) if most > 0 else []
            for claim in claims:
                self._begin(claim)
            if self._hub.shedding.level:
                # Who cannot keep up leaves most of the topics to the other processes.
                await asyncio.sleep(self._hub.conf.claim_seconds * RESTING_SHARE)
            elif len(claims) < most:
                await asyncio.sleep(self._hub.conf.claim_seconds)

    def _begin(self, claim: dirty.Claim) -> None:
        """What is still being read is not read twice at once."""
        if claim.member in self._under_way:
            self._next[claim.member] = claim
            return
        self._under_way[claim.member] = task = self._hub.tasks.spawn(self._publish(claim))
        task.add_done_callback(lambda done: self._go_on(claim.member, is_over=done.cancelled()))

    def _go_on(self, member: str, *, is_over: bool) -> None:
        self._under_way.pop(member, None)
        claim = self._next.pop(member, None)
        if claim is not None and not is_over:  # a hub that ends reads nothing more: the claim's lease ends, too
            self._begin(claim)

    async def _publish(self, claim: dirty.Claim) -> None:
        match = resolve(claim.topic)
        try:
            if match is not None and isinstance(match.topic, StateTopic):
                data = await self._hub.executor.run(read_value, match.topic, claim.event_id, match)
                if data is not None:
                    await dirty.announce(claim)
                    await layer.send_state(claim.event_id, claim.topic, claim.version, data)
            await dirty.done(claim)
        except Exception:
            logger.exception("%s could not be published; its claim ends soon and it is tried again.", claim.topic)


def read_value(topic: StateTopic, event_id: int, match: Match) -> bytes | None:
    """The encoded snapshot; None where what it describes was deleted meanwhile."""
    try:
        return wire.encode(topic.snapshot(event_id, **match.params))
    except (ObjectDoesNotExist, Refused):
        return None
