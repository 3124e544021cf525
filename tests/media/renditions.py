"""What a stored rendition holds, read with PyAV from its own segments."""

import re
from typing import NamedTuple

import av

from apps.media.adapters import encode, probe, sniff, sound, storyboard


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


def joined(folder):
    """Init segment and segments in one file, in the order of the playlist."""
    text = (folder / "index.m3u8").read_text()
    names = [re.search(r'EXT-X-MAP:URI="([^"]+)"', text)[1], *re.findall(r"^[^#\n]+", text, re.M)]
    path = folder / "joined.mp4"
    path.write_bytes(b"".join((folder / name).read_bytes() for name in names))
    return path


def shown(folder):
    with av.open(str(joined(folder))) as container:
        [stream] = container.streams
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        times = [float(packet.pts * packet.time_base) for packet in packets]
        assert min(times) == 0
        step = float(packets[0].duration * packets[0].time_base)
        keys = [round(time, 3) for time, packet in zip(times, packets, strict=True) if packet.is_keyframe]
        context = stream.codec_context
        return Shown(
            context.width, context.height, context.pix_fmt, context.codec_tag, len(packets), keys, max(times) + step
        )


def heard(folder):
    """Seconds, channels and samples a second of a rendition of sound."""
    with av.open(str(joined(folder))) as container:
        [stream] = container.streams
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.rate, stream.codec_context.layout.nb_channels, stream.rate


def durations(folder):
    text = (folder / "index.m3u8").read_text()
    return [float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF:")]
