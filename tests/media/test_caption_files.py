"""WebVTT and SRT: read as they are met, refused with a line and what to do, and the same after they were written."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Refused
from apps.media.adapters import srt, webvtt, words
from apps.media.adapters.cues import MOST_LINES, MOST_MS, Cue, clean, clean_name, milliseconds

VTT = """\ufeffWEBVTT - of the river\r
Kind: captions\r
\r
STYLE\r
::cue { color: red }\r
\r
NOTE nobody reads\r
this\r
\r
first\r
00:01.500 --> 00:03,250 align:start position:10%\r
<v.loud Ada>Eleven <i>mayors</i> &amp; maps.\r
And a second line.\r
\r
01:00:00.000 --> 01:00:01.000\r
<v Ada>Yes.<v Ben>No.\r
""".encode()

SRT = b"""1
00:00:01,500 --> 00:00:03,250
<i>Eleven</i> mayors.

2
0:00:04.5 --> 0:00:05.0
{ No number follows }
00:00:06,000 --> 00:00:07,000
Ends.
"""


def refused(content):
    with pytest.raises(Refused) as caught:
        words.read(content)
    return str(caught.value.message)


def test_webvtt_is_read_forgivingly():
    assert webvtt.read(VTT) == [
        Cue(1500, 3250, "Eleven mayors & maps.\nAnd a second line.", "Ada"),
        Cue(3_600_000, 3_601_000, "Yes.", "Ada"),
        Cue(3_600_000, 3_601_000, "No.", "Ben"),
    ]


def test_srt_is_read_forgivingly():
    assert [(cue.begins, cue.text) for cue in srt.read(SRT)] == [
        (1500, "Eleven mayors."),
        (4500, "{ No number follows }"),
        (6000, "Ends."),
    ]


def test_content_says_which_kind_a_file_is():
    assert words.read(VTT)[0].speaker == "Ada"
    assert words.read(SRT)[0].text == "Eleven mayors."


def test_latin_1_is_refused_with_its_line():
    told = refused("1\n00:00:01,000 --> 00:00:02,000\nBürgermeister\n".encode("latin-1"))
    assert told == "Line 3: this file is not written in UTF-8. Save it again as UTF-8 and send that."


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ("00:00:01 -> 00:00:02", "There is no text with times"),
        ("one --> two", "Line 3: these times cannot be read"),
        ("00:00:05.000 --> 00:00:04.000", "Line 3: the end comes before the beginning"),
        ("12:00:00.000 --> 12:00:00.001", "Line 3: this is later than 12 hours"),
    ],
)
def test_times_that_cannot_be_are_refused_with_their_line(times, told):
    assert refused(f"WEBVTT\n\n{times}\nWords\n".encode()).startswith(told)


def test_bounds_are_kept():
    cue = "00:00:01.000 --> 00:00:02.000\n{}\n\n"
    assert "more than 20000 texts" in refused(("WEBVTT\n\n" + cue.format("a") * (MOST_LINES + 1)).encode())
    assert "longer than 2000" in refused(("WEBVTT\n\n" + cue.format("a" * 2001)).encode())
    assert "larger than 5 MB" in refused(b"WEBVTT\n\n" + b"a" * (5 * 1024 * 1024))


texts = st.text(max_size=60).map(clean).filter(bool)
names = st.text(max_size=20).map(clean_name)


@st.composite
def cues(draw, *, text=texts, name=names):
    begins = sorted(draw(st.lists(st.integers(0, MOST_MS - 5000), min_size=1, max_size=8)))
    return [Cue(at, at + draw(st.integers(0, 5000)), draw(text), draw(name)) for at in begins]


@pytest.mark.parametrize("begun", ["<v ", "<v.", "<a", "<", "</", "<v" + " " * 500])
def test_file_of_nothing_but_beginnings_of_tags_is_read_once(begun):
    """Not once for each of them, which would take minutes."""
    file = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{begun * 60_000}\n".encode()
    began = process_time()
    with pytest.raises(Refused):
        words.read(file[: 5 * 1024 * 1024])
    assert process_time() - began < 10


@given(cues())
def test_webvtt_out_and_in_is_the_same(said):
    assert webvtt.read("".join(webvtt.write(said)).encode()) == said


plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>&"), max_size=60).map(clean).filter(bool)


@given(cues(text=plain, name=st.just("")))
def test_srt_out_and_in_is_the_same(said):
    assert srt.read("".join(srt.write(said)).encode()) == said


def test_srt_says_who_speaks_before_the_words():
    assert "".join(srt.write([Cue(0, 1000, "Yes.", "Ada")])) == "1\n00:00:00,000 --> 00:00:01,000\nAda: Yes.\n\n"


def test_plain_text_has_a_paragraph_for_each_turn():
    said = [Cue(0, 1, "Yes.", "Ada"), Cue(1, 2, "Indeed.", "Ada"), Cue(2, 3, "No.", "Ben")]
    assert "".join(words.write(said, "txt")) == "Ada:\nYes.\nIndeed.\n\nBen:\nNo.\n"


@pytest.mark.parametrize(
    ("typed", "ms"),
    [("1.5", 1500), ("90", 90_000), ("1:02", 62_000), ("01:02:03,004", 3_723_004), ("soon", None), ("13:00:00", None)],
)
def test_typed_times_are_understood(typed, ms):
    assert milliseconds(typed) == ms
