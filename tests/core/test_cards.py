"""Pictures beside links: drawn for names of any length, and never with boxes in place of letters."""

from io import BytesIO

import pytest
from PIL import Image

from apps.core import cards
from apps.core.cards import Card

TITLES = [
    "Freshet",
    "A " * 200,
    "Donaudampfschifffahrtsgesellschaftskapitän " * 3,
    "Ελλάδα и Россия",
    "",
    "مؤتمر الأنهار",
]


@pytest.mark.parametrize("title", TITLES)
def test_card_has_the_size_that_others_show(title):
    with Image.open(BytesIO(cards.draw(Card(title, seed="freshet", below="24 September 2026")))) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1200, 630))


def test_long_title_is_cut_and_stays_in_its_width():
    size, lines = cards._lines("overflowing " * 60)
    letters = cards.font("Bold", size)
    assert len(lines) == cards.MOST_LINES
    assert lines[-1].endswith("…")
    assert all(letters.getlength(line) <= cards.TEXT_WIDTH for line in lines)


def test_script_that_cannot_be_written_is_left_out():
    assert cards.writable("مؤتمر", "Conference") == "Conference"
    assert cards.writable("会議", "") == ""
    arabic, empty = (cards.draw(Card(title, seed="freshet")) for title in ("مؤتمر الأنهار", ""))
    assert arabic == empty


def test_address_changes_with_what_is_on_it():
    one = Card("Freshet")
    assert one.digest == Card("Freshet").digest
    assert len({one.digest, Card("Freshet", brand="#112233").digest, Card("Freshet", logo="a.webp").digest}) == 3


@pytest.mark.parametrize("logo", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_logo_that_cannot_be_read_stops_nothing(logo):
    assert cards.draw(Card("Freshet"), logo=logo).startswith(b"\x89PNG")
