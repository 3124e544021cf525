"""Tables as CSV that spreadsheets open rightly, and safely."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

# What spreadsheets take for the beginning of a formula: at the beginning of a cell, and after what ends a cell where
# the list separator is another than ours.
_BEFORE = r"(^|[;\t\r\n]\s*)"
_FORMULA = r"[=+\-@＝＋－＠]"
BEGINNING = re.compile(rf"^(?=[\t\r\n])|{_BEFORE}(?={_FORMULA})")
PREFIXED = re.compile(rf"^'(?=[\t\r\n])|{_BEFORE}'(?={_FORMULA})")


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """One line a row. The mark at the beginning says UTF-8 to spreadsheets; a cell that one of them would run as
    a formula is prefixed with an apostrophe (OWASP, CSV injection)."""
    writer = csv.writer(_Line())
    yield "\ufeff"
    for row in rows:
        line: Any = writer.writerow([_harmless(cell) for cell in row])
        yield line


def _harmless(cell: Any) -> Any:
    return BEGINNING.sub(r"\1'", cell) if isinstance(cell, str) else cell


def said(cell: str) -> str:
    """What stood in a cell before we made it harmless."""
    return PREFIXED.sub(r"\1", cell)
