"""Tables as CSV that spreadsheets open rightly, and safely."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
