"""The few threads in which hooks and commands run: the only way from the event loop to the database."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
R = TypeVar("R")


class Executor:
    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="plenary-live")

    async def run(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: _bounded(work, *args, **kwargs))

    def close(self) -> None:
        """Waits for what runs, and closes each thread's database connections: nobody else can."""
        together = threading.Barrier(self._threads)
        for _ in range(self._threads):
            self._pool.submit(_close, together)
        self._pool.shutdown(wait=True)


def _bounded(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As a request does: connections that are too old or broken are replaced, before and after."""
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()


def _close(together: threading.Barrier) -> None:
    try:
        together.wait(timeout=10)
    except threading.BrokenBarrierError:
        return
    finally:
        connections.close_all()
