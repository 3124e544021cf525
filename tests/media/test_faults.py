"""A film that cannot be prepared says in one sentence what is wrong with it."""

from itertools import count

import pytest

from apps.media import selectors, services
from apps.media.adapters import ffmpeg, probe
from tests.media.conftest import FAST, make, picture, tone


@pytest.fixture(scope="session")
def whole(films):
    """Its index stands at the end, as programs write it first."""
    return make(films / "whole.mp4", *picture("320x180", "10", 5), *tone(5), *FAST).read_bytes()


@pytest.fixture(scope="session")
def ready_to_stream(films):
    """Its index stands before what it tells of."""
    return make(
        films / "early.mp4", *picture("320x180", "10", 5), *tone(5), *FAST, "-movflags", "+faststart"
    ).read_bytes()


@pytest.fixture
def fail(disk, event):
    """Brings a film that cannot be prepared; its reason and the sentence."""

    def bring(film):
        asset = services.ingest_file(event, film, title="Eleven towns", wait=True)
        assert asset.state == "failed"
        return asset.error, selectors.reason(asset.error)

    return bring


def test_without_its_index_a_film_cannot_be_read(fail, whole):
    reason, sentence = fail(whole[: len(whole) // 2])
    assert reason == "no-moov"
    assert "index is missing (moov)" in sentence


def test_a_film_that_ends_early_is_not_played_as_if_it_were_whole(fail, ready_to_stream):
    reason, sentence = fail(ready_to_stream[: len(ready_to_stream) // 2])
    assert reason == "cut-off"
    assert "stops before its end" in sentence


def test_a_film_of_zeros_is_damaged(fail, whole):
    """A copy that kept the size and lost what was inside."""
    at = whole.index(b"mdat") + 4
    end = whole.index(b"moov") - 4
    reason, _sentence = fail(whole[:at] + bytes(end - at) + whole[end:])
    assert reason in ("corrupt", "no-picture")


def test_a_form_that_nobody_reads_is_named(fail, whole):
    """The picture calls itself something that does not exist."""
    reason, sentence = fail(whole.replace(b"avc1", b"zzz1").replace(b"avcC", b"zzzC"))
    assert reason == "unknown-codec"
    assert "format that cannot be read" in sentence


def test_a_file_of_words_alone_has_nothing_to_play(fail, films):
    words = films / "only.srt"
    words.write_text("1\n00:00:00,500 --> 00:00:02,000\nEleven mayors.\n\n")
    reason, sentence = fail(make(films / "only.mkv", "-i", str(words), "-c:s", "srt"))
    assert reason == "no-tracks"
    assert "neither picture nor sound" in sentence


def test_a_few_bytes_that_say_they_are_a_week_are_not_encoded(fail, films):
    pictures = ("-f", "lavfi", "-i", "color=red:s=64x64:r=1/300000", "-frames:v", "2", "-video_track_timescale", "1000")
    reason, sentence = fail(make(films / "week.mp4", *pictures, *FAST))
    assert reason == "too-long"
    assert "longer than 24 hours" in sentence


def test_pictures_that_grow_are_not_decoded(films, tmp_path):
    """The first ones may be small."""
    side = probe.MOST_SIDE + 128
    small = make(films / "small.ts", *picture("320x180", "10", 1), *FAST, "-f", "mpegts").read_bytes()
    large = make(films / "large.ts", *picture(f"{side}x{side}", "1", 1), *FAST, "-f", "mpegts").read_bytes()
    grows = tmp_path / "grows.ts"
    grows.write_bytes(small + large)
    frames = ("-vf", "scale=32:18", "-f", "framemd5", "frames.txt")
    ffmpeg.run([*ffmpeg.film(grows, demuxer="mpegts"), *frames], timeout=60, cwd=tmp_path)
    shown = [line for line in (tmp_path / "frames.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(shown) == 10
    assert probe.inspect(grows, demuxer="mpegts").width == 320


def test_what_is_told_late_but_written_is_no_standstill():
    """As a ladder with its storyboard: ffmpeg says nothing before the first full sheet."""
    sheet = ("-re", "-f", "lavfi", "-i", "color=s=16x16:r=10:d=4", "-vf", "tile=1x40", "-f", "null", "-")
    with pytest.raises(ffmpeg.FfmpegError, match="stalled"):
        ffmpeg.run(sheet, timeout=60, stall=1)

    told, seconds = [], count(1)
    ffmpeg.run(sheet, timeout=60, stall=1, written=lambda: float(next(seconds)), pulse=told.append)
    assert told == sorted(told)
    assert told[-1] > 1
