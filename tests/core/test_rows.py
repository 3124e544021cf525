"""Numbers of rows, as addresses and forms say them."""

import pytest

from apps.core.rows import row_number


@pytest.mark.parametrize(("text", "found"), [("7", 7), (7, 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_number_of_a_row_is_read(text, found):
    assert row_number(text) == found


@pytest.mark.parametrize("text", ["", None, "x", "-1", "1.5", "²", " 7", "9" * 19, ["7"]])
def test_what_is_no_number_of_a_row_is_none(text):
    assert row_number(text) is None
