"""Tables as a workbook (XLSX), written as they come, without a library.

Office Open XML (ECMA-376): a zip of a few fixed parts and one sheet. Texts are inline strings, which no spreadsheet
runs as a formula, whatever they begin with.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

MOST_ROWS = 1_048_576
MOST_CHARS = 32_767
"""Of a cell; what is longer is cut, or the workbook would not open."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_NAME = 31
"""Characters of a sheet's name."""
UNNAMEABLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


class _Outgoing:
    """A file that nobody can go back in; what is written waits until it is taken."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing lies behind it."""

    def take(self) -> bytes:
        found, self.waiting = b"".join(self.waiting), []
        return found


def workbook(rows: Iterable[Iterable[Any]], *, name: str = "Answers") -> Iterator[bytes]:
    """One sheet of that name, one line a row; numbers are numbers, all else is text."""
    out: Any = _Outgoing()
    called = escape(UNNAMEABLE.sub(" ", name)[:MOST_NAME].strip("' "), {'"': "&quot;"})
    parts = PARTS | {"xl/workbook.xml": BOOK % called}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for part, text in parts.items():
            book.writestr(part, HEAD + text)
        yield out.take()
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for row, _number in zip(rows, range(MOST_ROWS), strict=False):
                sheet.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
                if len(out.waiting) > 16:
                    yield out.take()
            sheet.write(b"</sheetData></worksheet>")
    yield out.take()


def _cell(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = escape(UNWRITABLE.sub("\ufffd", str(value))[:MOST_CHARS])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
