"""The one clock: services ask here what time it is, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    return _told.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is that moment: for a past that is written down by the services that would have written it then."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
