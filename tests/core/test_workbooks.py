"""Workbooks: read as what stands in them, and never unpacked beyond what was looked at."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.reader import excel

from apps.core import sheets, workbooks
from apps.core.tables import Unreadable

TOO_LARGE = "this workbook is too large to be read; split it"
SHEET = "xl/worksheets/sheet1.xml"


def book(rows, *, keep=lambda book: None):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    keep(made)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def read(data):
    return list(workbooks.lines(data))


def why(data):
    with pytest.raises(Unreadable) as caught:
        read(data)
    return caught.value.message


def repacked(data, **changes):
    """The workbook with some of its parts written anew; None leaves one out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = changes.get(part, old.read(part))
            if content is not None:
                new.writestr(part, content)
        for part in changes.keys() - set(old.namelist()):
            new.writestr(part, changes[part])
    return made.getvalue()


def test_what_we_write_can_be_read():
    rows = [["=1+1", "Grüße", "é\n2"], ["'x", 7, ""]]
    assert read(b"".join(sheets.workbook(rows))) == [(1, ["=1+1", "Grüße", "é\n2"]), (2, ["'x", "7"])]


def test_cells_read_as_somebody_would_type_them():
    nine = datetime(2026, 10, 13, 9)  # noqa: DTZ001 - spreadsheets know no zones
    row = [nine, date(2026, 10, 13), time(9, 30), timedelta(minutes=90), 45.0, 1.5, True, None]
    [(_line, cells)] = read(book([row]))
    assert cells == ["2026-10-13 09:00", "2026-10-13 00:00", "09:30", "1:30", "45", "1.5", "yes"]


def test_empty_lines_are_passed_over_and_counted():
    assert read(book([["a"], [None], [" "], ["b"]])) == [(1, ["a"]), (4, ["b"])]


def test_formula_is_not_run():
    """What the spreadsheet computed last is what we see; this one was never opened, so there is nothing."""
    assert read(book([["a", "=1+1"]])) == [(1, ["a"])]


def test_another_zip_is_no_workbook():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("content.xml", "<a/>")
    assert why(data.getvalue()) == "this is no Excel workbook; save it as .xlsx or CSV"


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"\x00" * 100, book([["a"]])[:-30]])
def test_broken_file_is_refused(data):
    assert why(data).startswith("this workbook cannot be read")


@pytest.mark.parametrize("content", [b"", b"<", b"<worksheet/>no", b"\x00\xff"])
def test_broken_sheet_is_refused(content):
    assert why(repacked(book([["a"]]), **{SHEET: content})).startswith("this workbook cannot be read")


def test_entities_are_refused():
    sheet = b'<worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>' + sheet
    assert why(repacked(book([["a"]]), **{SHEET: bomb})).startswith("this workbook cannot be read")


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    zeros = b"0" * (workbooks.MOST_PART_BYTES + 1)
    data = repacked(book([["a"]]), **{"xl/sharedStrings.xml": zeros})
    monkeypatch.setattr(excel, "ExcelReader", None)  # would raise TypeError, which says something else
    assert len(data) < 100_000
    assert why(data) == "this workbook is too large to be read; split it"


def test_many_parts_are_too_many():
    parts = {f"xl/media/{number}": b"" for number in range(workbooks.MOST_PARTS + 1)}
    assert why(repacked(book([["a"]]), **parts)) == "this workbook is too large to be read; split it"


def test_cell_at_the_far_corner_costs_nothing():
    """XFD1048576 says that there are seventeen thousand million cells."""

    def reach(made):
        made.active.cell(1_048_576, 16_384, "far")

    assert why(book([["a"]], keep=reach)) == "this workbook is too large to be read; split it"


def test_a_row_of_far_too_many_cells_is_cut():
    [(_line, cells)] = read(book([list(range(500))]))
    assert len(cells) == workbooks.MOST_COLUMNS


def test_old_or_locked_file_is_told_of():
    with pytest.raises(Unreadable, match="old or a locked Excel file"):
        workbooks.table_lines(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


TREES = ("xl/styles.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels")


def content(data, part):
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return made.read(part)


@pytest.mark.parametrize("part", TREES)
def test_part_that_would_become_a_tree_is_weighed_first(monkeypatch, part):
    data = book([["a"]])
    monkeypatch.setattr(workbooks, "MOST_TREE_BYTES", 8 * 1024)
    padded = repacked(data, **{part: content(data, part) + b" " * 8 * 1024})
    assert (read(data), why(padded)) == ([(1, ["a"])], TOO_LARGE)


def test_shared_words_are_weighed_wherever_they_lie(monkeypatch):
    data = book([["a"]])
    types = content(data, "[Content_Types].xml")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/xl/worksheets/words.xml" ContentType="{kind}"/></Types>'
    words = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>shared</t></si></sst>'
    cell = content(data, SHEET).replace(b't="inlineStr"><is><t>a</t></is>', b't="s"><v>0</v>')
    changes = {"[Content_Types].xml": types.replace(b"</Types>", named.encode()), SHEET: cell}
    moved = repacked(data, **changes, **{"xl/worksheets/words.xml": words.encode() + b" " * 30_000})
    assert read(moved) == [(1, ["shared"])]
    monkeypatch.setattr(workbooks, "MOST_PART_BYTES", 20_000)
    assert why(moved) == TOO_LARGE


def test_shared_words_are_read_for_so_long():
    source = workbooks._Timely(io.BytesIO(b"<sst/>"), deadline=0.0)
    with pytest.raises(Unreadable, match="too large"):
        source.read()


def test_many_sheets_are_too_many():
    def more(made):
        for number in range(50):
            made.create_sheet(f"More {number}")

    assert why(book([["a"]], keep=more)) == TOO_LARGE


def test_sheet_of_a_chart_is_passed_over():
    def chart(made):
        made.create_chartsheet("Chart", 0).add_chart(BarChart())

    assert read(book([["a"]], keep=chart)) == [(1, ["a"])]
