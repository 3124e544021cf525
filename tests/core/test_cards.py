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
    letters = cards.font(cards.LATIN, "Bold", size)
    assert len(lines) == cards.MOST_LINES
    assert lines[-1].endswith("…")
    assert all(letters.getlength(line) <= cards.TEXT_WIDTH for line in lines)


@pytest.mark.parametrize("title", ["会議", "किताब", "כנס", "Freshet 🌊"])
def test_script_that_cannot_be_written_is_left_out(title, monkeypatch):
    monkeypatch.setattr(cards, "can_write_eastern", lambda: False)
    assert cards.writable(title, "Conference") == "Conference"
    assert cards.writable(title) == ""
    drawn, empty = (cards.draw(Card(name, seed="freshet")) for name in (title, ""))
    assert drawn == empty


def test_arabic_is_left_out_where_nothing_joins_its_letters(monkeypatch):
    monkeypatch.setattr(cards, "can_shape", lambda: False)
    drawn, empty = (cards.draw(Card(title, seed="freshet")) for title in ("مؤتمر الأنهار", ""))
    assert (cards.writable("مؤتمر", "Conference"), drawn == empty) == ("Conference", True)


def test_arabic_is_written_where_its_letters_are_joined():
    drawn, empty = (cards.draw(Card(title, seed="freshet")) for title in ("مؤتمر الأنهار", ""))
    assert (drawn != empty) is cards.can_shape()


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("Freshet 2026 – Straße, Île", cards.LATIN),
        ("Ελλάδα и Россия", cards.LATIN),
        ("مؤتمر الأنهار ٢٠٢٦، Weir & Söhne (2026)", cards.ARABIC),
        ("گردهمایی رودخانه‌ها", cards.ARABIC),
        ("مؤتمر किताब", ""),
    ],
)
def test_no_letter_is_drawn_as_a_box(text, face, monkeypatch):
    """Of letters that are all there, each is another drawing than that of a letter which nobody has."""
    monkeypatch.setattr(cards, "can_shape", lambda: True)
    assert cards.face_of(text) == face


@pytest.mark.parametrize("title", ["مؤتمر الأنهار " * 30, "قراءة المياه العالية والمنخفضة في الأنهار"])
def test_long_arabic_title_leaves_the_other_lines_their_place(title, monkeypatch):
    monkeypatch.setattr(cards, "can_shape", lambda: True)
    size, lines = cards._lines(title)
    height = round(size * cards.LEADING[cards.ARABIC]) * len(lines)
    assert height + 18 + 2 * 46 <= cards.HEIGHT - 2 * (cards.MARGIN + 45)


def test_address_changes_with_what_is_on_it():
    one = Card("Freshet")
    assert one.digest == Card("Freshet").digest
    assert len({one.digest, Card("Freshet", brand="#112233").digest, Card("Freshet", logo="a.webp").digest}) == 3


@pytest.mark.parametrize("logo", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_logo_that_cannot_be_read_stops_nothing(logo):
    assert cards.draw(Card("Freshet"), logo=logo).startswith(b"\x89PNG")


# Chinese, Japanese and Korean, where the machine has their letters ----------------------------------------------------
has_noto = pytest.mark.skipif(not cards.can_write_eastern(), reason="Noto Sans CJK is not installed here")


@pytest.fixture
def narrow():
    """Letters of which each is as wide as another."""

    class Letters:
        def getlength(self, text):
            return 100 * len(text)

    return Letters()


def test_lines_without_spaces_break_between_signs_and_not_before_a_mark(narrow):
    assert cards._wrapped("河川の水位を読むための会議。", narrow) == ["河川の水位を読む", "ための会議。"]
    assert cards._wrapped("一二三四五六七八。九", narrow) == ["一二三四五六七", "八。九"]
    assert cards._wrapped("Weir 2026 河川 会議", narrow) == ["Weir", "2026 河川", "会議"]


def test_words_are_broken_at_spaces_alone(narrow):
    assert cards._wrapped("Reading  the river's level", narrow) == ["Reading", "the", "river's", "level"]
    assert cards._wrapped("수위를 읽는 회의", narrow) == ["수위를 읽는", "회의"]


@has_noto
@pytest.mark.parametrize(
    ("title", "face"), [("河流会议", cards.CHINESE), ("河川の会議", cards.JAPANESE), ("강 회의 2026", cards.KOREAN)]
)
def test_eastern_titles_are_written_in_the_letters_of_their_language(title, face):
    drawn, empty = (cards.draw(Card(name, seed="freshet")) for name in (title, ""))
    assert (cards.face_of(title), cards.writable(title, "Conference")) == (face, title)
    assert drawn != empty


@has_noto
def test_long_eastern_title_leaves_the_other_lines_their_place():
    title = "河川の水位を読むための国際会議" * 12
    size, lines = cards._lines(title)
    height = round(size * cards.LEADING[cards.face_of(title)]) * len(lines)
    assert height + 18 + 2 * 46 <= cards.HEIGHT - 2 * (cards.MARGIN + 45)
