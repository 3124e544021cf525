"""Reads fragmented MP4 (ISO 14496-12) as far as the rules need it: codecs, size, and the times of samples."""

import struct
from dataclasses import dataclass, replace

SYNC_NO = 0x10000


@dataclass(frozen=True)
class Track:
    codec: str
    timescale: int
    width: int
    height: int
    duration: int
    """Of a sample that does not say its own."""
    flags: int
    number: int = 1
    beside: tuple[str, ...] = ()
    """Codecs of what lies in the same segments."""

    @property
    def is_picture(self):
        return self.width > 0


@dataclass(frozen=True)
class Fragment:
    """A segment's samples, in seconds; `frames` of its picture or sound."""

    begins: float
    seconds: float
    frames: int
    begins_with_key: bool

    @property
    def frame(self):
        return self.seconds / self.frames if self.frames else 0.0


def boxes(data, start=0, end=None):
    """(kind, where its body begins, where it ends) of each box."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            size, body = struct.unpack_from(">Q", data, body)[0], body + 8
        stop = end if size == 0 else start + size
        yield kind.decode("latin-1"), body, min(stop, end)
        start = stop


def inside(data, path, start=0, end=None):
    """Every box at that path, such as moov/trak."""
    first, _, rest = path.partition("/")
    for kind, body, stop in boxes(data, start, end):
        if kind == first:
            if rest:
                yield from inside(data, rest, body, stop)
            else:
                yield body, stop


def track(init):
    """The track of an init segment: the picture, where a sound lies beside it."""
    found = sorted((_track(init, body, stop) for body, stop in inside(init, "moov/trak")), key=lambda one: -one.width)
    if not found:
        raise ValueError("an init segment without a track")
    return replace(found[0], beside=tuple(one.codec for one in found[1:]))


def _track(init, body, stop):
    [(at, _)] = inside(init, "tkhd", body, stop)
    number = struct.unpack_from(">I", init, at + (20 if init[at] else 12))[0]
    [(at, _)] = inside(init, "mdia/mdhd", body, stop)
    timescale = struct.unpack_from(">I", init, at + (20 if init[at] else 12))[0]
    [(at, end)] = inside(init, "mdia/minf/stbl/stsd", body, stop)
    [(kind, entry, entry_end)] = list(boxes(init, at + 8, end))[:1]
    width = height = 0
    if kind.startswith("avc"):
        width, height = struct.unpack_from(">HH", init, entry + 24)
        [(box, _)] = inside(init, "avcC", entry + 78, entry_end)
        codec = f"{kind}.{init[box + 1 : box + 4].hex()}"
    elif kind == "mp4a":
        [(box, box_end)] = inside(init, "esds", entry + 28, entry_end)
        codec = f"mp4a.40.{_object_type(init[box:box_end])}"
    else:
        codec = kind
    said = [struct.unpack_from(">IIIII", init, at + 4) for at, _ in inside(init, "moov/mvex/trex")]
    defaults = next((one for one in said if one[0] == number), (0,) * 5)
    return Track(codec, timescale, width, height, defaults[2], defaults[4], number)


def _object_type(esds):
    # The decoder's own words (tag 5) begin with five bits that say which AAC it is (ISO 14496-3, 1.6.2.1).
    at = 4
    while esds[at] != 5:
        tag = esds[at]
        at += 1
        while esds[at] & 0x80:
            at += 1
        at += 1 + {3: 3, 4: 13}[tag]
    at += 1
    while esds[at] & 0x80:
        at += 1
    return esds[at + 1] >> 3


def _parts(data, of):
    """The fragments of that track in a segment, each with its head."""
    for body, stop in inside(data, "moof/traf"):
        [(at, _)] = inside(data, "tfhd", body, stop)
        if struct.unpack_from(">I", data, at + 4)[0] == of.number:
            yield body, stop, at


def fragment(data, of):
    """What one segment holds of that track."""
    begins, total, frames, is_key = None, 0, 0, False
    for body, stop, at in _parts(data, of):
        default, first_flags = _defaults(data, at, of)
        [(at, _)] = inside(data, "tfdt", body, stop)
        base = struct.unpack_from(">Q" if data[at] else ">I", data, at + 4)[0]
        for run, _ in inside(data, "trun", body, stop):
            if begins is None:
                begins, is_key = base, _is_key(data, run, first_flags)
            count, length = _run(data, run, default)
            frames, total = frames + count, total + length
    if begins is None:
        raise ValueError("a segment without samples")
    return Fragment(begins / of.timescale, total / of.timescale, frames, is_key)


def shown(data, of):
    """When the pictures of a segment are shown, in seconds, in the order of their bytes, and which are key frames, by
    the fragments alone: hls.js knows of no edit list, and CMAF has none for a picture."""
    times, keys = [], []
    for body, stop, at in _parts(data, of):
        default, flags = _defaults(data, at, of)
        [(at, _)] = inside(data, "tfdt", body, stop)
        moment = struct.unpack_from(">Q" if data[at] else ">I", data, at + 4)[0]
        for run, _ in inside(data, "trun", body, stop):
            for seconds, offset, is_key in _samples(data, run, default, flags):
                times.append((moment + offset) / of.timescale)
                keys.append(is_key)
                moment += seconds
    return times, keys


def _samples(data, run, duration, flags):
    said, count = struct.unpack_from(">I", data, run)[0] & 0xFFFFFF, struct.unpack_from(">I", data, run + 4)[0]
    at = run + 8 + (4 if said & 1 else 0)
    first = flags
    if said & 4:
        first, at = struct.unpack_from(">I", data, at)[0], at + 4
    for number in range(count):
        found = {0x100: duration, 0x400: flags if number else first, 0x800: 0}
        for bit in (0x100, 0x200, 0x400, 0x800):
            if said & bit:
                kind = ">i" if bit == 0x800 and data[run] else ">I"
                found[bit], at = struct.unpack_from(kind, data, at)[0], at + 4
        yield found[0x100], found[0x800], not found[0x400] & SYNC_NO


def _defaults(data, at, of):
    said = struct.unpack_from(">I", data, at)[0] & 0xFFFFFF
    at += 8 + (8 if said & 1 else 0) + (4 if said & 2 else 0)
    duration, flags = of.duration, of.flags
    if said & 8:
        duration, at = struct.unpack_from(">I", data, at)[0], at + 4
    if said & 0x10:
        at += 4
    if said & 0x20:
        flags = struct.unpack_from(">I", data, at)[0]
    return duration, flags


def _is_key(data, run, flags):
    said = struct.unpack_from(">I", data, run)[0] & 0xFFFFFF
    at = run + 8 + (4 if said & 1 else 0)
    if said & 4:
        flags = struct.unpack_from(">I", data, at)[0]
    elif said & 0x400:
        flags = struct.unpack_from(">I", data, at + (4 if said & 0x100 else 0) + (4 if said & 0x200 else 0))[0]
    return not flags & SYNC_NO


def _run(data, run, default):
    said, count = struct.unpack_from(">I", data, run)[0] & 0xFFFFFF, struct.unpack_from(">I", data, run + 4)[0]
    if not said & 0x100:
        return count, count * default
    at = run + 8 + (4 if said & 1 else 0) + (4 if said & 4 else 0)
    step = 4 * sum(bool(said & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    return count, sum(struct.unpack_from(">I", data, at + n * step)[0] for n in range(count))
