"""Which tables are watched, and how: a trigger on each, made after `migrate`.

Every table of ours is watched unless its model says `is_audited = False`: those of what people do for themselves
(answers, messages, stars), of the machinery (jobs, leases), and those with a record of their own. A model may leave
columns out (`audit_leaves_out`): counters, and what nobody decided. What its name calls a secret is never written.
"""

import hashlib
import re
from collections import deque
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Model

OURS = "apps."
# The two rows that everything belongs to; this room stands below theirs, so it knows their names alone.
EVENT, ORGANISATION = "events.event", "events.organisation"
SECRET = re.compile(r"password|passwd|secret|token|signature|private|salt|(^|_)(key|code|hash|seed)$")
CALLED = ("name", "title", "question", "text", "subject", "label", "email", "slug", "file_name", "url", "kind", "role")
"""The columns by which a row is called, the first that it has something in."""
MOST_STEPS = 4
PREFIX = "audit_row_"


class Path(NamedTuple):
    """How a row leads to its event or organisation: the foreign keys to follow. None where it leads to none."""

    steps: tuple[Any, ...]


def watched() -> list[type[Model]]:
    """The models whose rows are watched, their many-to-many tables with them."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        maker = model._meta.auto_created or model
        ours = model._meta.managed and not model._meta.proxy and maker.__module__.startswith(OURS)  # type: ignore[union-attr]
        if ours and getattr(maker, "is_audited", True) and getattr(model, "is_audited", True):
            found.append(model)
    return found


def path(model: type[Model], target: str) -> Path | None:
    """The shortest way over foreign keys; of two, the one that is always there."""
    waiting: deque[tuple[type[Model], tuple[Any, ...]]] = deque([(model, ())])
    seen = {model}
    while waiting:
        here, steps = waiting.popleft()
        if here._meta.label_lower == target:
            return Path(steps)
        if len(steps) == MOST_STEPS:
            continue
        keys = [found for found in here._meta.concrete_fields if isinstance(found, ForeignKey)]
        for key in sorted(keys, key=lambda found: found.null):
            related: Any = key.related_model
            if related not in seen and related.__module__.startswith(OURS):
                seen.add(related)
                waiting.append((related, (*steps, key)))
    return None


def secrets(model: type[Model]) -> list[str]:
    return [str(found.column) for found in model._meta.concrete_fields if SECRET.search(found.name)]


def watch(using: str = "default") -> None:
    """Makes the triggers that are missing or were made for other columns. A table whose trigger fits is not touched:
    nothing that is served waits for it."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    models = {model._meta.db_table: model for model in watched()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'audit_row'")
        if cursor.fetchone() is None:
            return  # migrated to a state before this room
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND starts_with(t.tgname, %s)",
            [PREFIX],
        )
        standing: dict[str, set[str]] = {}
        for table, trigger in cursor.fetchall():
            standing.setdefault(table, set()).add(trigger)
        there = set(connection.introspection.table_names(cursor))
    for table in sorted(there):
        wanted = trigger_of(models[table], connection) if table in models else None
        known = standing.get(table, set())
        changes = [wanted.sql] if wanted and wanted.name not in known else []
        changes += [f'DROP TRIGGER "{old}" ON "{table}"' for old in known - {wanted.name if wanted else ""}]
        if changes:  # each table by itself: none is held while another is waited for
            with transaction.atomic(using=using), connection.cursor() as cursor:
                for change in changes:
                    cursor.execute(change)


class Trigger(NamedTuple):
    name: str
    sql: str


def trigger_of(model: type[Model], connection: BaseDatabaseWrapper) -> Trigger:
    """Its name tells what it does, so that one look at the names shows which have to be made anew."""
    meta = model._meta
    columns = {found.column for found in meta.concrete_fields}
    pk: Any = meta.pk
    event, organisation = path(model, EVENT), path(model, ORGANISATION)
    to_event = _value(model, event, connection)
    to_organisation = _value(model, organisation, connection)
    way = (event or organisation or Path(())).steps
    owner = way[:1] if len(way) > 1 else ()
    arguments = [
        meta.label_lower,
        pk.column,
        to_event,
        to_organisation,
        owner[0].related_model._meta.label_lower if owner else "",
        owner[0].column if owner else "",
        ",".join(name for name in CALLED if name in columns),
        ",".join(sorted(_left_out(model))),
        ",".join(secrets(model)),
    ]
    quoted = ", ".join("'" + argument.replace("'", "''") + "'" for argument in arguments)
    digest = hashlib.sha256(quoted.encode()).hexdigest()[:16]
    name = f"{PREFIX}{digest}"
    sql = (
        f'CREATE TRIGGER "{name}" AFTER INSERT OR UPDATE OR DELETE ON "{meta.db_table}" FOR EACH ROW'
        f" WHEN (current_setting('plenary.act', true) <> '') EXECUTE FUNCTION audit_row({quoted})"
    )
    return Trigger(name, sql)


def _left_out(model: type[Model]) -> set[str]:
    names = getattr(model, "audit_leaves_out", ())
    return {str(found.column) for found in model._meta.concrete_fields if found.name in names}


def _value(model: type[Model], way: Path | None, connection: BaseDatabaseWrapper) -> str:
    """SQL for the id at the end of the way, of the row that stands as JSON in $1."""
    if way is None:
        return "NULL"
    if not way.steps:
        return _read(model._meta.pk, connection)
    first, *others = way.steps
    return _follow(_read(first, connection), tuple(others), connection)


def _read(found: Any, connection: BaseDatabaseWrapper) -> str:
    key: Any = found.target_field if isinstance(found, ForeignKey) else found
    return f"($1->>'{found.column}')::{key.rel_db_type(connection)}"


def _follow(value: str, steps: tuple[Any, ...], connection: BaseDatabaseWrapper) -> str:
    for step in steps:
        table: Any = step.model._meta
        names = f'SELECT "{step.column}" FROM "{table.db_table}" WHERE "{table.pk.column}"'  # noqa: S608 - ours
        value = f"({names} = {value})"
    return value
