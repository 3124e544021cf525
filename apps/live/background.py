"""Tasks that belong to a hub: those that must run for as long as it lives, and those that end by themselves."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
SETTLE_SECONDS = 8.0
CANCEL_SECONDS = 0.5


class Tasks:
    def __init__(self) -> None:
        self._kept: set[asyncio.Task[None]] = set()
        self._spawned: set[asyncio.Task[None]] = set()

    def keep(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        """Runs this until the end; after an error it starts anew, a second later."""
        self._kept.add(asyncio.get_running_loop().create_task(_forever(work, name), name=f"live-{name}"))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[None]":
        """Runs this once; an error is logged."""
        task = asyncio.get_running_loop().create_task(_logged(work))
        self._spawned.add(task)
        task.add_done_callback(self._spawned.discard)
        return task

    async def settle(self) -> None:
        """Waits for what was spawned."""
        if self._spawned:
            await asyncio.wait(set(self._spawned), timeout=SETTLE_SECONDS)

    async def cancel(self) -> None:
        tasks = self._kept | self._spawned
        while tasks:
            # More than once: a library may take a cancellation for a timeout of its own, and go on.
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=CANCEL_SECONDS)


async def _forever(work: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        try:
            await work()
        except Exception:
            logger.exception("The live engine's %s stopped; it starts again.", name)
        await asyncio.sleep(PAUSE_SECONDS)


async def _logged(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception:
        logger.exception("A task of the live engine failed.")
