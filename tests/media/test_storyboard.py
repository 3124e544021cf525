"""Small pictures for the time bar: one for each stretch of the film, in its place on its sheet."""

import re

import pytest
from PIL import Image

from apps.media.adapters import storyboard
from apps.media.adapters.probe import Source
from tests.media import renditions
from tests.media.conftest import FAST, make

CUE = re.compile(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


def test_each_stretch_has_its_own_picture(films, tmp_path):
    """Red for five seconds, then blue."""
    colours = "color=red:s=426x240:r=10:d=5[a];color=blue:s=426x240:r=10:d=7[b];[a][b]concat=n=2"
    film = make(films / "colours.mp4", "-f", "lavfi", "-i", colours, *FAST)
    assert renditions.made_of(film, tmp_path).has_storyboard
    cues = CUE.findall((tmp_path / storyboard.NAME).read_text())
    assert [cue[:2] for cue in cues] == [(f"00:00:{n:02}.000", f"00:00:{n + 1:02}.000") for n in range(12)]
    seen = []
    for _begins, _ends, name, *area in cues:
        x, y, width, height = map(int, area)
        with Image.open(tmp_path / name) as sheet:
            assert x + width <= sheet.width
            assert y + height <= sheet.height
            red, _green, blue = sheet.convert("RGB").getpixel((x + width // 2, y + height // 2))
        seen.append("red" if red > blue else "blue")
        assert max(red, blue) > 150
    assert seen == ["red"] * 5 + ["blue"] * 7


@pytest.mark.parametrize("seconds", [1, 60, 199, 200, 1812.4, 5 * 3600, 200 * 3600, 2000 * 3600])
def test_no_film_has_more_than_two_sheets(seconds):
    board = storyboard.plan(Source(seconds, 1920, 1080, 25, 0, (), "mov"))
    assert seconds / board.interval <= storyboard.MOST_TILES
    assert (board.width, board.height) == (160, 90)


def test_portrait_stands_upright():
    board = storyboard.plan(Source(60, 1080, 1920, 25, 0, (), "mov"))
    assert (board.width, board.height) == (90, 160)


def test_sound_alone_has_none():
    assert storyboard.plan(Source(60, 0, 0, 25, -1, (), "mp3")) is None
