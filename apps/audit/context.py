"""Who acts, told to the database with each write: the triggers then keep what it changed, whatever code wrote it.

A door listens (`listening`); once it knows that somebody of the staff came in, it names them (`name`). From then on
each statement that writes carries the act as a setting of its transaction, in the same round trip. Whoever is not
named writes as ever, and nothing is kept.
"""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

SETTING = "plenary.act"
WRITES = ("INSERT", "UPDATE", "DELETE", "WITH", "MERGE")


@dataclass(slots=True)
class Act:
    """One request, command or batch of a socket. Nobody is named where `who` is empty."""

    door: str
    address: str = ""
    place: str = ""
    who_id: int | None = None
    who: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    only_looks: bool = False
    """What is written by looking (that somebody came in, a row made when first asked for) was nobody's decision."""
    prefix: str = ""
    was_told: bool = False

    def tell(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """A wrapper around each statement (Django's `execute_wrapper`)."""
        if (
            not self.who
            or self.only_looks
            or not isinstance(sql, str)
            or not sql.lstrip()[:6].upper().startswith(WRITES)
        ):
            return execute(sql, params, many, context)
        self.was_told = True
        if many:  # one statement for each row: they are told before, which holds in a transaction alone
            execute(self.setting(), None, False, context)
            return execute(sql, params, many, context)
        # Without transaction, too: what is sent in one go is one to PostgreSQL.
        return execute(self.setting() + sql, params, many, context)

    def setting(self) -> str:
        """Base64, so that no character of it means anything in SQL or to the driver."""
        if not self.prefix:
            said = {"act": str(self.id), "who_id": self.who_id, "who": self.who[:254], "door": self.door}
            said |= {"place": self.place[:100], "address": self.address[:45]}
            self.prefix = (
                f"SELECT set_config('{SETTING}', '{base64.b64encode(json.dumps(said).encode()).decode()}', true);"
            )
        return self.prefix

    def end(self, connection: BaseDatabaseWrapper) -> None:
        """A transaction that goes on after the act, such as a test's, forgets who it was."""
        if self.was_told and connection.in_atomic_block and not connection.needs_rollback:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"SELECT set_config('{SETTING}', '', true)")


_current: ContextVar[Act | None] = ContextVar("act", default=None)


def current() -> Act | None:
    """The act under way, if a door listens and somebody is named."""
    act = _current.get()
    return act if act is not None and act.who else None


def door() -> str:
    """By which one who acts came in: what they begin here and workers do later is told to have come by it, too."""
    act = current()
    return act.door if act is not None else "desk"


@contextmanager
def listening(*, door: str, address: str = "", place: str = "", only_looks: bool = False) -> Iterator[Act]:
    """Inside, in this thread, writes belong to one act; to nobody's until they are named."""
    act = Act(door, address, place, only_looks=only_looks)
    token = _current.set(act)
    connection = connections["default"]
    try:
        with connection.execute_wrapper(act.tell):
            yield act
    finally:
        _current.reset(token)
        act.end(connection)


@contextmanager
def acting(*, door: str, who: str, who_id: int | None = None, address: str = "", place: str = "") -> Iterator[Act]:
    """The same for a door that knows at once who acts."""
    with listening(door=door, address=address, place=place) as act:
        act.who, act.who_id = who, who_id
        yield act


@contextmanager
def nobodys() -> Iterator[None]:
    """Inside, what is written stands in nobody's name: for a wish of which nobody may learn whose it was."""
    act = _current.get()
    if act is None or act.only_looks:
        yield
        return
    act.only_looks = True
    act.end(connections["default"])  # a transaction that goes on remembers who was named in it
    try:
        yield
    finally:
        act.only_looks = False


def name(*, who_id: int | None, who: str) -> None:
    """Says who acts. Where no door listens (a test, a task) it says nothing to nobody."""
    act = _current.get()
    if act is not None:
        act.who, act.who_id, act.prefix = who, who_id, ""


def set_place(place: str) -> None:
    act = _current.get()
    if act is not None:
        act.place, act.prefix = place, ""
