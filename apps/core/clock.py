"""The one clock: services ask here what time it is, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    return _told.get() or timezone.now()


def left_of(seconds: float, *, since: datetime, now: datetime) -> float:
    """How many of so many seconds are still to come after a moment. Another machine's clock may be a little ahead,
    which makes nobody wait longer; what lies further ahead was noted by a clock that was put right since, and is over.
    """
    passed = (now - since).total_seconds()
    return 0.0 if abs(passed) >= seconds else seconds - max(0.0, passed)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is that moment: for a past that is written down by the services that would have written it then."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
