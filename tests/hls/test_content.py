"""The validator sees each rule broken that is about segments, and finds nothing in a stream that ffmpeg made well."""

import re

import pytest

from tests.hls import boxes, broken, validator


def faults(files):
    return validator.check_stream("master.m3u8", files.get)


def edit(files, name, old, new, count=1):
    text = files[name].decode()
    assert old in text
    files[name] = text.replace(old, new, count).encode()


def swap_key(files):
    """The first sample of a segment says that it is no key frame."""
    data = bytearray(files["small/1.m4s"])
    at = next(at for at, _stop in boxes.inside(data, "moof/traf/trun"))
    assert data[at + 3] & 4
    offset = at + 8 + (4 if data[at + 3] & 1 else 0)
    data[offset : offset + 4] = (0x01010000).to_bytes(4, "big")
    files["small/1.m4s"] = bytes(data)


def move(files, name, seconds):
    """The segment says that it begins later."""
    init = next(other for other in files if other.startswith(f"{name.partition('/')[0]}/init"))
    data, of = bytearray(files[name]), boxes.track(files[init])
    at = next(at for at, _stop in boxes.inside(data, "moof/traf/tfdt"))
    size = 8 if data[at] else 4
    before = int.from_bytes(data[at + 4 : at + 4 + size], "big")
    data[at + 4 : at + 4 + size] = (before + round(seconds * of.timescale)).to_bytes(size, "big")
    files[name] = bytes(data)


def move_all(files, rung, seconds):
    for name in sorted(files):
        if re.match(rf"{rung}/\d+\.m4s", name):
            move(files, name, seconds)


BROKEN = {
    "segment-there": lambda files: files.pop("sound/1.m4s"),
    "segment-readable": lambda files: files.update({"small/1.m4s": b"<html>Not found</html>"}),
    "extinf-true": lambda files: edit(files, "small/index.m3u8", "#EXTINF:2.0", "#EXTINF:1.5"),
    "key-first": swap_key,
    "cut-marked": lambda files: [move(files, f"{rung}/1.m4s", 0.5) for rung in ("small", "large")],
    "words": lambda files: edit(files, "words/0.vtt", "00:00.500 -->", "0:0.5 -->"),
    "words-mapped": lambda files: edit(files, "words/0.vtt", "X-TIMESTAMP-MAP", "X-TIME-MAP"),
    "bandwidth": lambda files: edit(files, "master.m3u8", "BANDWIDTH=9000000", "BANDWIDTH=9000"),
    "average-bandwidth": lambda files: edit(
        files, "master.m3u8", "BANDWIDTH=9000000", "BANDWIDTH=9000000,AVERAGE-BANDWIDTH=9000"
    ),
    "codecs": lambda files: edit(files, "master.m3u8", "avc1.42c00a", "avc1.640028"),
    "resolution": lambda files: edit(files, "master.m3u8", "128x72", "128x128"),
    "frame-rate": lambda files: edit(files, "master.m3u8", "FRAME-RATE=10.000", "FRAME-RATE=25.000"),
    "target-shared": lambda files: edit(files, "sound/index.m3u8", "DURATION:2", "DURATION:3"),
    "rungs-aligned": lambda files: move_all(files, "large", 0.5),
    "cuts-shared": lambda files: edit(files, "sound/index.m3u8", "1.m4s\n", "1.m4s\n#EXT-X-DISCONTINUITY\n"),
}


def test_good_stream_has_no_fault(stream):
    assert faults(stream) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_broken_stream(rule, stream):
    BROKEN[rule](stream)

    assert {fault.rule for fault in faults(stream)} == {rule}


def test_media_playlist_alone_is_held_against_the_rules_too(stream):
    del stream["sound/1.m4s"]

    found = validator.check_stream("sound/index.m3u8", stream.get)

    assert {fault.rule for fault in found} == {"segment-there"}


def test_each_rule_is_seen_to_fail():
    of_text = {rule for rule, _old, _new in (*broken.MEDIAS, *broken.MASTERS, *broken.RELOADS)}

    assert of_text | BROKEN.keys() == validator.RULES.keys()
