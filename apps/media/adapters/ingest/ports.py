"""Opens a port, and waits for one that somebody else has: a deploy that overlaps, another program on a laptop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 5.0
Server = TypeVar("Server")


async def open_port(start: Callable[[], Awaitable[Server]], port: int, *, until: asyncio.Event) -> Server | None:
    """None where we are told to stop before it is free."""
    while not until.is_set():
        try:
            return await start()
        except OSError as error:
            logger.warning("Port %s cannot be used (%s); trying again.", port, error.strerror)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), AGAIN_SECONDS)
    return None
