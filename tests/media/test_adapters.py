"""What bytes are, what a film holds, and which rungs it gets."""

import struct
from fractions import Fraction

import pytest

from apps.media.adapters import encode, ffmpeg, ladder, probe, sniff
from apps.media.adapters.probe import Sound, Source
from tests.media.conftest import FAST, make, picture


@pytest.mark.parametrize(
    ("head", "tail", "mime"),
    [
        (b"\x00\x00\x00\x20ftypisom" + b"\x00" * 40, b"", "video/mp4"),
        (b"\x00\x00\x00\x20ftypM4A " + b"\x00" * 40, b"", "audio/mp4"),
        (b"\x1aE\xdf\xa3" + b"\x00" * 20 + b"webm", b"", "video/webm"),
        (b"%PDF-1.7\n...", b"startxref\n1\n%%EOF\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 20, b"", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"", "image/webp"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1miaf" + b"\x00" * 40, b"", "image/avif"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avifmiaf" + b"\x00" * 40, b"", "image/avif"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", b"", "audio/wav"),
        (b"ID3\x04" + b"\x00" * 20, b"", "audio/mpeg"),
    ],
)
def test_sniff_names_the_type_by_bytes(head, tail, mime):
    assert sniff.sniff(head, tail).mime == mime


@pytest.mark.parametrize(
    ("head", "looks_like"),
    [
        (b"", "empty"),
        (b"Dear mayors,\nthe meadow is wet.", "text"),
        (b"#EXTM3U\n#EXT-X-VERSION:7\nhttp://10.0.0.1/secret\n", "text"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "text"),
        (b"  <!DOCTYPE html><script>alert(1)</script>", "html"),
        (b'<?xml version="1.0"?><svg onload="x()"/>', "svg"),
        (b"\x7fELF\x02\x01", "program"),
        (b"PK\x03\x04word/document.xml", "archive"),
        (b"%PDF-1.7 and then the line went dead", "cut-pdf"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 40, "heic"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00heicmiaf" + b"\x00" * 40, "heic"),
        (b"MZ\x90\x00%PDF-1.7\n%%EOF\n", "program"),
        (b"#!/bin/sh\n#%PDF-1.7\n%%EOF\n", "program"),
        (b"<html><script>x()</script>%PDF-1.7\n%%EOF\n", "html"),
        (b"PK\x03\x04 %PDF-1.7\n%%EOF\n", "archive"),
        (b"%PDF-1.7\n%%EOF\nPK\x01\x02 Main.class PK\x05\x06" + bytes(18), "archive"),
        (bytes(range(256)) * 4, "unknown"),
    ],
)
def test_sniff_says_what_a_refused_file_looks_like(head, looks_like):
    with pytest.raises(sniff.Unknown) as unknown:
        sniff.sniff(head)
    assert unknown.value.looks_like == looks_like


def test_inspect_reads_what_a_viewer_sees(clip):
    source = probe.inspect(clip, demuxer="mov")
    assert (source.width, source.height, source.fps) == (1280, 720, Fraction(10))
    assert source.duration == pytest.approx(5, abs=0.1)
    assert len(source.sounds) == 1
    assert [words.language for words in source.words] == ["en"]


def turn(film):
    """The same film as a phone held upright writes it: a quarter turn in its track's header (ISO 14496-12, 8.3.2)."""
    matrix = film.index(b"tkhd") + 44
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    return film[:matrix] + quarter + film[matrix + len(quarter) :]


def test_inspect_turns_a_portrait_film_upright(films):
    flat = make(films / "flat.mp4", *picture("640x360", "10", 1), *FAST)
    turned = films / "turned.mp4"
    turned.write_bytes(turn(flat.read_bytes()))
    assert (probe.inspect(turned, demuxer="mov").width, probe.inspect(turned, demuxer="mov").height) == (360, 640)


def test_inspect_refuses_a_film_that_stops_before_its_end(clip, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:20_000])
    with pytest.raises(probe.Unreadable) as unreadable:
        probe.inspect(cut, demuxer="mov")
    assert unreadable.value.reason == "no-moov"


def source(width, height, fps=25):
    return Source(60, width, height, Fraction(fps), 0, (Sound(1),), "mov")


@pytest.mark.parametrize(
    ("size", "rungs"),
    [
        ((1920, 1080), [(426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080)]),
        ((3840, 2160), [(426, 240), (640, 360), (854, 480), (1280, 720), (1920, 1080)]),
        ((1280, 720), [(426, 240), (640, 360), (854, 480), (1280, 720)]),
        ((1067, 600), [(426, 240), (640, 360), (854, 480), (1068, 600)]),
        ((640, 360), [(426, 240), (640, 360)]),
        ((320, 180), [(320, 180)]),
        ((720, 1280), [(240, 426), (360, 640), (480, 854), (720, 1280)]),
        ((1440, 1080), [(320, 240), (480, 360), (640, 480), (960, 720), (1440, 1080)]),
    ],
)
def test_ladder_is_chosen_by_the_source_and_never_larger(size, rungs):
    assert [(rung.width, rung.height) for rung in ladder.choose(source(*size))] == rungs


def test_run_is_stopped_by_what_the_pulse_raises(tmp_path):
    class Enough(Exception):
        pass

    def pulse(_seconds):
        raise Enough

    with pytest.raises(Enough):
        ffmpeg.run(("-re", *picture(seconds=600), "-f", "null", "-"), timeout=60, pulse=pulse, cwd=tmp_path)


def test_run_says_what_is_wrong_with_the_input(tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"\x00\x00\x00\x20ftypisom" + b"\x00" * 4000)
    with pytest.raises(ffmpeg.FfmpegError) as error:
        ffmpeg.run(("-f", "mov", "-i", "no.mp4", "-f", "null", "-"), timeout=60, cwd=tmp_path)
    assert error.value.reason == "no-moov"
    assert error.value.detail


def test_run_says_that_ffmpeg_is_missing(settings, monkeypatch, tmp_path):
    monkeypatch.setattr(ffmpeg, "binary", lambda: str(tmp_path / "nowhere"))
    monkeypatch.setattr(ffmpeg, "_die_with_parent", lambda: ())
    with pytest.raises(ffmpeg.FfmpegError) as error:
        ffmpeg.run(("-version",), timeout=5)
    assert error.value.reason == "missing"


def test_picture_that_grows_beyond_what_is_taken_is_not_decoded(monkeypatch, clip, tmp_path):
    """The head of a film says one size, and what is inside may have another."""
    source = probe.inspect(clip, demuxer="mov")
    monkeypatch.setattr(ffmpeg, "MOST_PIXELS", source.width * source.height // 2)
    with pytest.raises(ffmpeg.FfmpegError, match=r"corrupt|failed"):
        encode.make_ladder(source, clip, tmp_path, lambda _seconds: None)
    assert not encode.write_poster(source, clip, tmp_path, lambda _seconds: None)
    with pytest.raises(probe.Unreadable):
        probe.inspect(clip, demuxer="mov")
