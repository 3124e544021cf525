"""What a stored rendition holds, read from its own segments."""

import re
from typing import NamedTuple

import av
import pytest

from apps.media.adapters import encode, probe, sniff, sound, storyboard
from tests.hls import boxes


class Shown(NamedTuple):
    width: int
    height: int
    pix_fmt: str
    codec: str
    frames: int
    key_frames: list[float]
    seconds: float


def source_of(path):
    return probe.inspect(path, demuxer=sniff.sniff(path.read_bytes()[: sniff.HEAD_BYTES]).demuxer)


def made_of(path, output):
    """The ladder of a film in `output`, as a job makes it."""
    source = source_of(path)
    loudness = sound.measure(source, path, output, ignore) if source.sounds else ()
    return encode.make_ladder(source, path, output, ignore, loudness=loudness, board=storyboard.plan(source))


def ignore(_done):
    """A beat that nobody waits for."""


def files_of(folder):
    """The init segment and the segments, in the order of the playlist."""
    text = (folder / "index.m3u8").read_text()
    names = [re.search(r'EXT-X-MAP:URI="([^"]+)"', text)[1], *re.findall(r"^[^#\n]+", text, re.M)]
    return [(folder / name).read_bytes() for name in names]


def joined(folder):
    path = folder / "joined.mp4"
    path.write_bytes(b"".join(files_of(folder)))
    return path


def shown(folder):
    """Its times are read from the boxes, as players do: libavformat has all pictures of such a file later, by what the
    encoder held back."""
    with av.open(str(joined(folder))) as container:
        [stream] = container.streams
        context = stream.codec_context
    init, *segments = files_of(folder)
    of = boxes.track(init)
    times, keys = [], []
    for data in segments:
        moments, are_keys = boxes.shown(data, of)
        times += moments
        keys += [round(moment, 3) for moment, is_key in zip(moments, are_keys, strict=True) if is_key]
        # A player that counts by the fragments alone has it begin where its first picture is.
        assert min(moments) == pytest.approx(boxes.fragment(data, of).begins, abs=1e-6)
    assert min(times) == 0
    step = boxes.fragment(segments[0], of).frame
    return Shown(context.width, context.height, context.pix_fmt, context.codec_tag, len(times), keys, max(times) + step)


def heard(folder):
    """Seconds, channels and samples a second of a rendition of sound."""
    with av.open(str(joined(folder))) as container:
        [stream] = container.streams
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.rate, stream.codec_context.layout.nb_channels, stream.rate


def durations(folder):
    text = (folder / "index.m3u8").read_text()
    return [float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF:")]
