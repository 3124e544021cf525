"""Numbers of rows, as addresses and forms say them: typed by anybody, so they may be anything. Rows that may be gone by
the time they are written. And what the database says no to."""

from collections.abc import Collection
from typing import TypeVar

from django.db import IntegrityError, connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

Row = TypeVar("Row", bound=Model)
NAMED_GONE = _("Something that was chosen here is not there any more. Load the page again.")
MOST_DIGITS = 18
"""More fit no row: the database has numbers of 64 bits."""


def row_number(text: object) -> int | None:
    """The number that a text is; None where it is none, or longer than that of any row."""
    plain = str(text or "")
    return int(plain) if plain.isdecimal() and len(plain) <= MOST_DIGITS else None


def hold_row(row: Row, *, gone: str, whole: bool = False) -> Row:
    """The row as it is now, held until the end of the transaction; `whole` where what others refer to it by may change.
    Raises Refused, with `gone` as its code, where somebody deleted it since it was read."""
    rows = type(row)._base_manager.select_for_update(no_key=not whole)
    held = next(iter(rows.order_by().filter(pk=row.pk)), None)  # an order may join, and what is joined is held as well
    if held is None:
        raise Refused(gone, _("Somebody deleted it at this moment."), status=404)
    return held


def hold_named(rows: Collection[Model], *, gone: str, field: str | None = None, status: int = 409) -> None:
    """Rows of one table that another is to name: nobody deletes them before the end of the transaction, where the
    database would ask for them only then. Raises Refused, with `gone` as its code, where one is gone already."""
    if not rows:
        return
    table = next(iter(rows))._meta.db_table
    keys = sorted({row.pk for row in rows})
    with connection.cursor() as cursor:
        share = f'SELECT id FROM "{table}" WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE'  # noqa: S608 - a model's own
        cursor.execute(share, [keys])
        found = len(cursor.fetchall())
    if found < len(keys):
        raise Refused(gone, NAMED_GONE, field=field, status=status)


def broken_rule(error: IntegrityError) -> str:
    """The name of the constraint that a row did not meet."""
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "")
