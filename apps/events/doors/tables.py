"""Lists of the desk to take away: what was chosen, as CSV or as a workbook, by the same two actions everywhere."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.doors import table_answer
from apps.events.models import Event

Table = Callable[[QuerySet[Any]], Iterable[Iterable[Any]]]
CHUNK = 2000


def columns(**lookups: str | Subquery) -> Table:
    """A table of what stands in the rows themselves: heads and the lookups of their cells. `_` in a head is a space."""
    heads = [head.replace("_", " ") for head in lookups]

    def table(chosen: QuerySet[Any]) -> Iterator[list[Any]]:
        yield heads
        for row in chosen.values_list(*lookups.values()).iterator(chunk_size=CHUNK):
            yield [_cell(value) for value in row]

    return table


def columns_in_languages(*texts: str, **lookups: str) -> Table:
    """The same, where some heads are texts in several languages: each stands in the event's main one, and under
    `name_de` in another, as `core.by_line` reads them."""
    plain = columns(**lookups)
    said = [lookups[head] for head in texts]

    def table(chosen: QuerySet[Any]) -> Iterator[list[Any]]:
        mains = chosen.values_list("event__default_language", *said).iterator(chunk_size=CHUNK)
        found = {code for main, *held in mains for text in held for code in _in(text) if code != main}
        others = [(place, code) for code in sorted(found) for place in range(len(texts))]
        yield [*next(iter(plain(chosen.none()))), *(f"{texts[place]}_{code}" for place, code in others)]
        rows = chosen.values_list("event__default_language", *said, *lookups.values())
        for main, *values in rows.iterator(chunk_size=CHUNK):
            held, cells = values[: len(said)], values[len(said) :]
            for head, text in zip(texts, held, strict=True):
                cells[list(lookups).index(head)] = text.localize(main) if text else ""
            more = ("" if code == main else _in(held[place]).get(code, "") for place, code in others)
            yield [*map(_cell, cells), *more]

    return table


def _in(text: Any) -> dict[str, str]:
    """What a text says, by language; one that is in none says the same in all."""
    return text.data if text is not None and isinstance(text.data, dict) else {}


def slug_of_event() -> Subquery:
    """For rows that have only their event's number."""
    return Subquery(Event.objects.filter(pk=OuterRef("event_id")).values("slug")[:1])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value if isinstance(value, int | float) else str(value)


class TakesTables:
    """For admins that say `table`: a function from the chosen rows to a head and a row each, read as it is sent."""

    table: ClassVar[Any] = None
    opts: Any

    def get_actions(self, request: HttpRequest) -> Any:
        found = super().get_actions(request)  # type: ignore[misc]
        if type(self).table is not None and IS_POPUP_VAR not in request.GET:
            for name in ("export_csv", "export_xlsx"):
                found[name] = self.get_action(name)  # type: ignore[attr-defined]
        return found

    @admin.action(description=_("Export as CSV"))
    def export_csv(self, request: HttpRequest, chosen: QuerySet[Any]) -> StreamingHttpResponse:
        return as_file(self, chosen, "csv")

    @admin.action(description=_("Export as Excel"))
    def export_xlsx(self, request: HttpRequest, chosen: QuerySet[Any]) -> StreamingHttpResponse:
        return as_file(self, chosen, "xlsx")


def as_file(desk: Any, chosen: QuerySet[Any], form: str) -> StreamingHttpResponse:
    """The table of these rows of an admin that says one, in the reader's language; `form`: csv or xlsx."""
    table: Table = type(desk).table
    name = f"{desk.opts.model_name}s-{clock.now():%Y-%m-%d}"
    return table_answer(_in_language(table(chosen), translation.get_language()), name=name, form=form)


def _in_language(rows: Iterable[Iterable[Any]], language: str | None) -> Iterator[Iterable[Any]]:
    """Rows are made while the file is sent, when the request's language no longer holds."""
    source = iter(rows)
    while True:
        with translation.override(language):
            row = next(source, None)
        if row is None:
            return
        yield row
