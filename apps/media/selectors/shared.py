"""What very many readers ask for at once is made by one of them: the others get the last one, or ask again."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

MAKING_SECONDS = 5
"""After so long another one may try."""

Last = TypeVar("Last")
Made = TypeVar("Made")


class BeingMade(Exception):
    """Somebody else is making it, and there is no last one: it is there in a moment."""


def made_by_one(lock: str, last: Last | None, make: Callable[[], Made]) -> Last | Made:
    """What `make` gives, or the last one. Raises `BeingMade`."""
    if cache.add(lock, 1, MAKING_SECONDS):
        try:
            return make()
        finally:
            cache.delete(lock)
    if last is None:
        raise BeingMade
    return last
