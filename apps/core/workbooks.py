"""Tables as workbooks (XLSX), read line by line: what stands in the cells, never what a formula would make of it.

A workbook is a zip, so what it unpacks to is looked at before anything is unpacked. Of a formula we see what the
spreadsheet computed last; nothing is computed here, and nothing that the file points to is fetched.
"""

import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from apps.core import tables
from apps.core.tables import Unreadable

MARK = b"PK\x03\x04"
OLD_MARK = b"\xd0\xcf\x11\xe0"
"""Of the format before 2007, which is also the wrapping of a locked workbook."""
BOOK = "xl/workbook.xml"
SHEETS = "xl/worksheets/"
MIB = 1024 * 1024
MOST_PARTS = 1000
MOST_BYTES = 96 * MIB
"""Of all parts, unpacked."""
MOST_PART_BYTES = 24 * MIB
"""Of a part that is no sheet, such as the words that cells share; a sheet is read row by row."""
MOST_TREE_BYTES = 1 * MIB
"""Of a part that becomes a tree of objects, which takes a hundred times its size: styles, the list of sheets."""
MOST_SHEETS = 50
MOST_COLUMNS = 100
MOST_LINES = 100_000
MOST_SECONDS = 20.0
BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError)
"""What reading the list of a zip's parts raises where the file only begins like one: no such list, a version or a way
of packing that Python does not know, a number that cannot be, a place before the beginning of the file."""
HOW_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def table_lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table that hold anything, each with its number, whether it was saved as CSV or as a workbook.
    Raises Unreadable, which names the line."""
    if data.startswith(OLD_MARK):
        raise Unreadable(_("this is an old or a locked Excel file; save it as .xlsx, without a password"), 1)
    return lines(data) if is_workbook(data) else tables.lines(data)


def is_workbook(data: bytes) -> bool:
    return data.startswith(MARK)


def lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the first sheet, their cells as text: dates as 2026-09-24 10:00, whole numbers without a point."""
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415 - a fifteenth of a process's start, and few read any

    _check(data)
    deadline = time.monotonic() + MOST_SECONDS
    try:
        reader = ExcelReader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        with reader.archive:
            yield from _rows(_first_sheet(reader, deadline), deadline)
    except Unreadable:
        raise
    except Exception as error:
        # A broken file can make the parser stumble over anything, and whoever sent it is told.
        raise _unreadable() from error


def _first_sheet(reader: Any, deadline: float) -> Any:
    """Only what it takes to read the first sheet is opened: nothing of other sheets, charts, pictures, properties.

    Parts may lie anywhere in the zip, so each is looked for as the library does and weighed where it was found.
    """
    from openpyxl.packaging.relationship import get_rels_path  # noqa: PLC0415
    from openpyxl.reader.strings import read_string_table  # noqa: PLC0415
    from openpyxl.styles.stylesheet import apply_stylesheet  # noqa: PLC0415
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # noqa: PLC0415
    from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_STYLE, SHARED_STRINGS  # noqa: PLC0415

    archive = reader.archive
    _weigh(archive, ARC_CONTENT_TYPES)
    reader.read_manifest()
    for override in reader.package.Override:
        if override.ContentType.endswith(".main+xml"):
            _weigh(archive, override.PartName[1:])
            _weigh(archive, get_rels_path(override.PartName[1:]))  # type: ignore[no-untyped-call]
    _weigh(archive, BOOK)
    _weigh(archive, get_rels_path(BOOK))  # type: ignore[no-untyped-call]
    _weigh(archive, ARC_STYLE)
    strings = reader.package.find(SHARED_STRINGS)
    if strings is not None:
        _weigh(archive, strings.PartName[1:], most=MOST_PART_BYTES)
        with archive.open(strings.PartName[1:]) as source:
            reader.shared_strings = read_string_table(_Timely(source, deadline))
    reader.read_workbook()
    # The formats of numbers are styles: without them a date is a number.
    apply_stylesheet(archive, reader.wb)
    if len(reader.parser.sheets) > MOST_SHEETS:
        raise _too_large()
    for sheet, relation in reader.parser.find_sheets():
        if relation.target in reader.valid_files and "chartsheet" not in relation.Type:
            return ReadOnlyWorksheet(reader.wb, sheet.name, relation.target, reader.shared_strings)
    raise _unreadable()


class _Timely:
    """A part that stops being read when the time is over."""

    def __init__(self, source: Any, deadline: float) -> None:
        self.source, self.deadline = source, deadline

    def read(self, size: int = -1) -> bytes:
        if time.monotonic() > self.deadline:
            raise _too_large()
        part: bytes = self.source.read(size)
        return part


def _weigh(archive: zipfile.ZipFile, name: str, *, most: int | None = None) -> None:
    part = archive.NameToInfo.get(name)
    if part is not None and part.file_size > (most or MOST_TREE_BYTES):
        raise _too_large()


def _rows(sheet: Any, deadline: float) -> Iterator[tuple[int, list[str]]]:
    rows = sheet.iter_rows(min_row=1, max_row=MOST_LINES + 1, max_col=MOST_COLUMNS, values_only=True)
    for number, row in enumerate(rows, 1):
        if number > MOST_LINES or time.monotonic() > deadline:
            raise Unreadable(_("this workbook is too large to be read; split it"), number)
        if all(cell is None for cell in row):
            continue
        cells = [_written(cell) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def _check(data: bytes) -> None:
    """That it is a workbook, and what it unpacks to. What a zip says of its sizes is true: reading stops there."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            parts = book.infolist()
    except BROKEN_ZIP as error:
        raise _unreadable() from error
    if BOOK not in {part.filename for part in parts}:
        raise Unreadable(_("this is no Excel workbook; save it as .xlsx or CSV"), 1)
    if any(part.flag_bits & 1 or part.compress_type not in HOW_PACKED for part in parts):
        raise _unreadable()
    whole = [part.file_size for part in parts if not part.filename.startswith(SHEETS)]
    if (
        len(parts) > MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_BYTES
        or max(whole, default=0) > MOST_PART_BYTES
    ):
        raise _too_large()


def _too_large() -> Unreadable:
    return Unreadable(_("this workbook is too large to be read; split it"), 1)


def _unreadable() -> Unreadable:
    return Unreadable(_("this workbook cannot be read; save it anew as .xlsx, or as CSV"), 1)


def _written(cell: Any) -> str:
    """A cell as somebody would have typed it into a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        # Spreadsheets count days as fractions, which miss the second by a hair.
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat(sep=" ").removesuffix(":00")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, clock_time):
        return cell.replace(microsecond=0).isoformat().removesuffix(":00")
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
