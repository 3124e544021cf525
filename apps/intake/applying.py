"""Hands accepted items to their owners in batches; what an owner cannot write is found and set aside."""

import logging
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from apps.core import words
from apps.core.errors import Refused
from apps.intake import gates, store
from apps.intake.items import Item, Owner, owner_of
from apps.intake.words import said

logger = logging.getLogger(__name__)

MOST_TRIES = 3
"""Of a batch that the database refuses for a passing reason (a deadlock, a timeout) before it is taken apart."""


@dataclass(frozen=True, slots=True)
class Unapplied:
    item: Item
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class News:
    """Of a gate that was told: its counters moved, or it wants a recount and is calm enough for it."""

    kind: str
    gate: str
    moved: bool
    wants_recount: bool


class DatabaseGone(Exception):
    """The database does not answer: no item's fault. Try again later."""


def apply(items: Sequence[Item]) -> list[Unapplied]:
    """Each kind's items as one batch in one transaction; what remains unapplied, with its reason."""
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    return [failed for kind, batch in by_kind.items() for failed in _apply_kind(kind, batch)]


def _apply_kind(kind: str, batch: Sequence[Item]) -> list[Unapplied]:
    owner = _known(kind)
    if owner is None:
        return [Unapplied(item, "intake.kind_unknown", f"Nobody applies {kind[:60]!r}.") for item in batch]
    return _apply(owner, batch)


def _apply(owner: Owner, batch: Sequence[Item]) -> list[Unapplied]:
    try:
        outcomes = _patiently(owner, batch)
    except DatabaseGone:
        raise
    except Exception as error:
        if len(batch) == 1:
            # Without the text of the error: the database says in it what was sent, which may be an anonymous answer.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error(
                "An item of %s behind %s cannot be applied: %s\n%s", owner.kind, batch[0].gate, _reason(error), where
            )
            return [Unapplied(batch[0], "intake.failed", _reason(error))]
        half = len(batch) // 2
        return [*_apply(owner, batch[:half]), *_apply(owner, batch[half:])]
    return [
        Unapplied(item, outcome.code, _kept(outcome))
        for item, outcome in zip(batch, outcomes, strict=True)
        if isinstance(outcome, Refused)
    ]


def _patiently(owner: Owner, batch: Sequence[Item]) -> Sequence[object]:
    for tries in range(1, MOST_TRIES + 1):
        try:
            with transaction.atomic():
                outcomes = owner.apply(batch)
                # Foreign keys are checked at the commit; here the batch that holds the culprit is still known.
                connection.check_constraints()
                return outcomes
        except (OperationalError, InterfaceError) as error:
            if not _database_answers():
                raise DatabaseGone from error
            if tries == MOST_TRIES:
                raise
    raise AssertionError("unreachable")


def _database_answers() -> bool:
    if connection.in_atomic_block:
        return connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        connection.close()
        return False
    return True


def _reason(error: BaseException) -> str:
    """In one line, and without the values: they would tell who sent it."""
    if isinstance(error, DatabaseError):
        primary = getattr(getattr(error.__cause__, "diag", None), "message_primary", None)
        return str(primary or type(error).__name__)[:300]
    return type(error).__name__


def _kept(refusal: Refused) -> str:
    """In no language yet, since whoever reads it has their own; with values filled in, in that of the source."""
    text, values = words.kept(refusal.words, refusal.values)
    return str(text % values if values else text)[:300]


def tell(items: Sequence[Item], unapplied: Sequence[Unapplied]) -> list[News]:
    """Tells the gates what is in the database now. It asks nothing of the database; `hear` its news."""
    given_up = {id(failed.item) for failed in unapplied}
    told: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        if _known(item.kind):
            told.setdefault((item.kind, item.gate), []).append(item)
    return [
        News(kind, gate, moved == "1", wants_recount == "1")
        for (kind, gate), (moved, wants_recount) in zip(told, _tell(told, given_up), strict=True)
        if "1" in (moved, wants_recount)
    ]


def hear(news: Iterable[News]) -> None:
    """Recounts where a gate wants it, and tells the owners where counters moved by that."""
    changed: dict[str, set[str]] = {}
    for one in news:
        recounted = one.wants_recount and gates.recount(one.kind, one.gate)
        if one.moved or recounted:
            changed.setdefault(one.kind, set()).add(one.gate)
    for kind, names in changed.items():
        owner_of(kind).changed(sorted(names))


def _tell(told: Mapping[tuple[str, str], Sequence[Item]], given_up: Collection[int]) -> Iterator[store.Reply]:
    """By key and revision, which a gate nearly always knows; what it has not heard of, once more with its content."""
    brief = [
        (gate, [word for item in items for word in (item.key, item.revision, "", "", int(id(item) in given_up))])
        for (_kind, gate), items in told.items()
    ]
    for ((_kind, gate), items), reply in zip(told.items(), store.applied.run(brief), strict=True):
        if isinstance(reply, Exception):
            raise reply
        if unheard_of := [items[int(place) - 1] for place in reply[2:]]:
            _moved, wants_recount, *_none = store.applied.one(
                gate, *(word for item in unheard_of for word in (*said(item), 0))
            )
            yield ["1", wants_recount]
        else:
            yield reply[:2]


def _known(kind: str) -> Owner | None:
    try:
        return owner_of(kind)
    except KeyError:
        return None
