"""A sign of life from work that takes long and says nothing itself."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def telling(say: Callable[[str], None], *, every: float = 10.0) -> Iterator[None]:
    """Says how long it has taken, again and again until the block ends: lines, so that a log reads well too."""
    began, done = time.monotonic(), Event()

    def tell() -> None:
        while not done.wait(every):
            say(f"  still at it after {time.monotonic() - began:.0f} s")

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
