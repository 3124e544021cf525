"""Guest lists as CSV or XLSX: one person a line.

Columns, by the names of the first line, in any order: `email`, and if wanted `name`, `company`, `title` and `ticket`,
which is written as it is called in the event, and may be left out where there is one at most. The heads that we write
ourselves into exports are read as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import validate_person_name
from apps.core import tables, workbooks
from apps.core.words import kept

COLUMNS = ("email", "name", "company", "title", "ticket")
MEANT = {
    "e-mail": "email",
    "mail": "email",
    "e-mail address": "email",
    "organisation": "company",
    "organization": "company",
}
MOST_ROWS = 20_000
MOST_BYTES = 5 * 1024 * 1024
MOST_PROBLEMS = 500
MOST_CHARS = {"email": 254, "name": 120, "company": 120, "title": 120, "ticket": 200}


@dataclass(slots=True)
class Read:
    """Lines that are in order, and what is wrong with the others."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[tuple[int, list[Any]]] = field(default_factory=list)
    """What is wrong is told to whoever looks at the list, in their language (`core.words.said`)."""


def template() -> Iterable[Sequence[str]]:
    return [COLUMNS, ["nadia@example.org", "Nadia Okello", "Lakeside Water", "Engineer", ""]]


def read(data: bytes, *, tickets: Mapping[str, int]) -> Read:
    """`tickets`: ids by name in lower case, in every language. Raises tables.Unreadable where the file as a whole is
    no list; a line that is wrong is told of, and the others are read."""
    found = Read()
    lines = workbooks.table_lines(data)
    _line, head = next(lines, (1, []))
    columns = _columns(head)
    seen: dict[str, int] = {}
    for line, cells in lines:
        if len(found.rows) + len(found.problems) >= MOST_ROWS:
            raise tables.Unreadable(_("more than %(most)d lines; split the file") % {"most": MOST_ROWS}, line)
        if len(found.problems) >= MOST_PROBLEMS:
            raise tables.Unreadable(_("too many lines are wrong; mend the file and read it again"), line)
        try:
            row = _row(columns, cells, tickets)
        except ValidationError as problem:
            first = problem.error_list[0]
            found.problems.append((line, kept(first.message, first.params)))
            continue
        before = seen.setdefault(row["email"], line)
        if before != line:
            words = gettext_lazy("this address stands in line %(line)d already")
            found.problems.append((line, kept(words, {"line": before})))
        else:
            found.rows.append({"line": line, **row})
    if not found.rows and not found.problems:
        raise tables.Unreadable(_("nobody stands below the first line"), 1)
    return found


def _columns(head: Sequence[str]) -> dict[str, int]:
    """What we do not know is left alone: lists come from many programs."""
    columns: dict[str, int] = {}
    for place, given in enumerate(head):
        name = tables.said(given).strip().casefold()
        name = MEANT.get(name, name)
        if name not in COLUMNS:
            continue
        if name in columns:
            raise tables.Unreadable(_("the column “%(name)s” stands twice") % {"name": name}, 1)
        columns[name] = place
    if "email" not in columns:
        raise tables.Unreadable(_("the column “%(name)s” is missing") % {"name": "email"}, 1)
    return columns


def _row(columns: Mapping[str, int], cells: Sequence[str], tickets: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in COLUMNS:
        at = columns.get(name)
        text = tables.said(cells[at].strip()) if at is not None and at < len(cells) else ""
        if len(text) > MOST_CHARS[name]:
            words = gettext_lazy("“%(name)s” is longer than %(most)d characters")
            raise ValidationError(words, params={"name": name, "most": MOST_CHARS[name]})
        row[name] = text
    row["email"] = row["email"].lower()
    try:
        validate_email(row["email"])
    except ValidationError as problem:
        words = gettext_lazy("“%(address)s” is no e-mail address")
        raise ValidationError(words, params={"address": row["email"][:60]}) from problem
    validate_person_name(row["name"])
    called = row["ticket"].casefold()
    if called and called not in tickets:
        raise ValidationError(gettext_lazy("there is no ticket “%(name)s”"), params={"name": row["ticket"][:40]})
    if not called and len({*tickets.values()}) > 1:
        raise ValidationError(gettext_lazy("no ticket is named, and the event has several: write one of them"))
    row["ticket"] = tickets[called] if called else None
    return row
