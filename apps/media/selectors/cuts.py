"""Where the segments of a cut lie in the ladder that it is of."""

from collections.abc import Sequence
from itertools import accumulate

from apps.media.models import Cut, Encoding
from apps.media.selectors import hls, playlists


def range_of(segments: Sequence[hls.Segment], begins: float, ends: float) -> tuple[float, float]:
    """From the beginning of the segment in which one second lies to the end of that of the other."""
    marks = [0.0, *accumulate(one.seconds for one in segments)]
    first = max(mark for mark in marks[:-1] if mark <= begins + 1e-6)
    last = next((mark for mark in marks[1:] if mark >= ends - 1e-6), marks[-1])
    return first, max(last, next(mark for mark in marks if mark > first))


def whole_of(encoding: Encoding) -> Encoding:
    """The ladder that a cut is of; any other itself."""
    cut = Cut.objects.filter(encoding=encoding).select_related("source").first()
    return cut.source if cut else encoding


def first_second(encoding: Encoding) -> float:
    """What the clock inside its segments says at its beginning: they are another's, and say when they were there."""
    cut = Cut.objects.filter(encoding=encoding).select_related("source").first()
    if cut is None:
        return 0.0
    segments = playlists.segments_of(cut.source, playlists.renditions_of(cut.source)[0])
    return range_of(segments, cut.begins, cut.ends)[0]
