"""Writes of the audit log beside the triggers: what was done without a row to show for it, and what is forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from apps.audit import context
from apps.audit.models import Entry
from apps.core import clock

A_SWEEP = 5000
MOST_SWEEPS = 20
MOST_VALUE = 2000


def record(
    words: str,
    *,
    thing: Model | None = None,
    model: str = "",
    event_id: int | None = None,
    organisation_id: int | None = None,
    kind: str = Entry.Kind.DONE,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry | None:
    """Keeps what the person who is named does now, in the caller's transaction; None where nobody is.

    For what the triggers do not see: something that was read out (an export), set off (a bulk action), or written to
    a table that is not watched. `before` and `after` are by field, and may be anything that JSON has.
    """
    act = context.current()
    if act is None:
        return None
    label = thing._meta.label_lower if thing is not None else model
    return Entry.objects.create(
        act=act.id,
        who_id=act.who_id,
        who=act.who[:254],
        door=act.door,
        place=act.place[:100],
        address=act.address[:45],
        kind=kind,
        model=label,
        thing=f"{label}:{thing.pk}" if thing is not None else "",
        words=str(words)[:200],
        event_id=event_id,
        organisation_id=organisation_id,
        before=_bounded(before),
        after=_bounded(after),
    )


def _bounded(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {name: value[:MOST_VALUE] if isinstance(value, str) else value for name, value in values.items()}


def sweep() -> int:
    """Forgets what is older than AUDIT_DAYS, the oldest first, so much in one go and no more; how many.

    The database allows that of rows which are older than half a year, and of no others.
    """
    before = clock.now() - timedelta(days=settings.AUDIT_DAYS)
    gone = 0
    with connection.cursor() as cursor:
        for _round in range(MOST_SWEEPS):
            cursor.execute(
                "DELETE FROM audit_entry WHERE at < %s AND id IN (SELECT id FROM audit_entry ORDER BY id LIMIT %s)",
                [before, A_SWEEP],
            )
            gone += cursor.rowcount
            if cursor.rowcount < A_SWEEP:
                break
    return gone
