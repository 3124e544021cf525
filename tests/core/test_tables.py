"""Tables as CSV."""

import csv
import io
import re

import pytest

from apps.core import tables


def test_spreadsheets_take_it_for_utf8():
    assert "".join(tables.csv_lines([["Grüße", 1, None]])) == "\ufeffGrüße,1,\r\n"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"])
def test_formula_is_harmless(cell):
    (_mark, line) = tables.csv_lines([[cell]])
    assert line.lstrip('"').startswith("'")


def test_number_stays_a_number():
    assert list(tables.csv_lines([[-5]]))[1] == "-5\r\n"


@pytest.mark.parametrize("cell", ["x;=1+1", "x; @SUM(A1)", "one\n=1", "a\t+1", ";-1"])
def test_formula_is_harmless_where_another_sign_parts_cells(cell):
    (_mark, line) = tables.csv_lines([[cell]])
    assert "'" in line
    assert not re.search(r"[;\t\n]\s*[=+@-]", line)


@pytest.mark.parametrize("cell", ["=1+1", "\t=1", "x;=1+1", "it's; fine", "'quoted'", "a - b", "x;\n- one\n- two"])
def test_what_was_said_can_be_read_again(cell):
    (_mark, line) = tables.csv_lines([[cell]])
    [[written]] = csv.reader(io.StringIO(line, newline=""))
    assert tables.said(written) == cell
