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

    async def run(self) -> None:
        while True:
            claims = await dirty.claim(MOST_AT_ONCE)
            if claims:
                await asyncio.gather(*(self._publish(claim) for claim in claims))
            if self._hub.shedding.level:
                # Who cannot keep up leaves most of the topics to the other processes.
                await asyncio.sleep(self._hub.conf.claim_seconds * RESTING_SHARE)
            elif len(claims) < MOST_AT_ONCE:
                await asyncio.sleep(self._hub.conf.claim_seconds)

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
