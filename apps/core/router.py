"""Which database a query goes to: the primary, unless a request that only looks may read the replica."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from apps.core import replica

# Who somebody is, and what a row of theirs that was written a moment ago says about it.
ALWAYS_PRIMARY = frozenset({"accounts", "account", "auth", "admin", "contenttypes", "sessions"})


class Reading:
    """How far one request may use the replica. Once it read the primary it stays there: it must not go back in time."""

    __slots__ = ("failed", "may", "used", "wrote")

    def __init__(self) -> None:
        self.may: bool | None = None
        """None until the first read has asked whether the replica is there."""
        self.used = False
        self.wrote = False
        self.failed = False
        """The replica broke off in the middle."""


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextmanager
def may_read_replica() -> Iterator[Reading]:
    """Within it, reads of this thread may go to the replica; everywhere else they never do."""
    reading = Reading()
    token = _reading.set(reading)
    try:
        yield reading
    finally:
        _reading.reset(token)


def current() -> Reading | None:
    """None where reads are the primary's by themselves."""
    return _reading.get()


def use_primary() -> None:
    """What this request reads from now on must hold everything that was ever committed."""
    if reading := _reading.get():
        reading.may = False


class ReplicaRouter:
    """Django asks it for every query. Raw SQL on `connection` does not pass here and is the primary's.

    A model whose rows decide what somebody may do says `reads_primary = True`: a ban holds at once.
    """

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        if reading is None or reading.may is False:
            return DEFAULT_DB_ALIAS
        if model._meta.app_label in ALWAYS_PRIMARY or getattr(model, "reads_primary", False):
            return DEFAULT_DB_ALIAS
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            reading.may = False
            return DEFAULT_DB_ALIAS
        if reading.may is None:
            reading.may = replica.this.state() == replica.READY
        if not reading.may:
            return DEFAULT_DB_ALIAS
        reading.used = True
        return replica.ALIAS

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        if reading := _reading.get():
            reading.may, reading.wrote = False, True
        return DEFAULT_DB_ALIAS

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool:
        return True  # a row is the same row, wherever it was read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
