"""Tables as CSV."""

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
