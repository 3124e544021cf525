"""Colours that organisers choose, corrected so that what is written on them can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import colour

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS, COLOURS)
def test_every_palette_can_be_read(brand, accent):
    found = colour.palette(brand, accent)
    assert colour.contrast(found["brand"], "#ffffff") >= colour.LEAST_BRAND_CONTRAST
    assert colour.contrast(found["brand"], found["on-brand"]) >= colour.LEAST_CONTRAST
    assert colour.contrast(found["accent"], found["on-accent"]) >= colour.LEAST_CONTRAST
    assert colour.contrast(found["now-day"], found["on-now-day"]) >= colour.LEAST_CONTRAST
    assert colour.contrast(found["now-day"], colour.DIM_PAGE) >= colour.LEAST_GRAPHIC_CONTRAST


def test_colour_that_can_be_read_is_kept():
    assert colour.palette("#0b4f5c", "#f07030")["brand"] == "#0b4f5c"


def test_contrast_is_that_of_wcag():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#0B4F5C"])
def test_what_is_no_colour_is_an_error(text):
    with pytest.raises(ValueError, match="not written #rrggbb"):
        colour.contrast(text, "#ffffff")


def test_name_of_a_stylesheet_changes_with_it():
    assert colour.digest("#0b4f5c", "#f07030") != colour.digest("#0b4f5d", "#f07030")
