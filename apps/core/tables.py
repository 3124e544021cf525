"""Tables as CSV: written so that spreadsheets open them rightly and safely, and read as spreadsheets write them."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

# What spreadsheets take for the beginning of a formula: at the beginning of a cell, and after what ends a cell where
# the list separator is another than ours.
_BEFORE = r"(^|[;\t\r\n]\s*)"
_FORMULA = r"[=+\-@＝＋－＠]"
BEGINNING = re.compile(rf"^(?=[\t\r\n])|{_BEFORE}(?={_FORMULA})")
PREFIXED = re.compile(rf"^'(?=[\t\r\n])|{_BEFORE}'(?={_FORMULA})")


SAYS_SEPARATOR = re.compile(r'"?sep=([,;\t])"?')
"""What some spreadsheets write before the table."""
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How a file begins that Excel saves as “Unicode text”."""


class Unreadable(Exception):
    """Nothing was read: `message` says what is wrong in which `line`, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def text_of(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 where its first two bytes say so. Raises Unreadable for any other."""
    try:
        text = data.decode("utf-16" if data.startswith(WIDE) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(_("this is not UTF-8; save it as “CSV UTF-8”"), line) from error
    if "\x00" in text:
        raise Unreadable(_("this is no CSV file"), 1)
    return text


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file that hold anything, each with its number; cells as they stand (`said` undoes what we
    did to them). Commas, semicolons or tabs between cells, whichever the first line has most of."""
    text = text_of(data)
    first = text.split("\n", 1)[0]
    told = SAYS_SEPARATOR.fullmatch(first.strip())
    separator = told[1] if told else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        if told:
            next(reader)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise Unreadable(_("this line cannot be read (%(why)s)") % {"why": error}, reader.line_num) from error


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
