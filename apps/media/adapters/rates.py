"""How many bits a second a rendition takes, as master playlists state it (RFC 8216, 4.1 and 4.3.4.2)."""

from collections.abc import Sequence


def peak(segments: Sequence[tuple[float, int]]) -> float:
    """The most of any stretch of segments that is half to one and a half target durations long; `segments` are seconds
    and bits. Of one that is shorter as a whole, its average."""
    target = max(int(seconds + 0.5) for seconds, _bits in segments) or 1
    found = 0.0
    for first in range(len(segments)):
        length, bits = 0.0, 0
        for seconds, size in segments[first:]:
            length, bits = length + seconds, bits + size
            if length > 1.5 * target:
                break
            if length >= 0.5 * target:
                found = max(found, bits / length)
    return found or average(segments)


def average(segments: Sequence[tuple[float, int]]) -> float:
    return sum(bits for _seconds, bits in segments) / max(sum(seconds for seconds, _bits in segments), 0.1)
