"""How the event loop asks the desk: in threads, where it may wait for the database."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections


class Asking:
    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="desk")

    def __call__(self, what: Callable[..., Any], *given: Any, **named: Any) -> Awaitable[Any]:
        def answer() -> Any:
            close_old_connections()
            return what(*given, **named)

        return asyncio.get_running_loop().run_in_executor(self._threads, answer)

    def close(self) -> None:
        self._threads.shutdown(wait=False)
