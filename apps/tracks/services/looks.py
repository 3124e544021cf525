"""The colour and shape of a track: alike neighbours never, the same pair only past 84 tracks."""

from collections import Counter
from collections.abc import Iterable
from itertools import count

from apps.tracks.models import Track

COLOURS, SHAPES = 12, 7
# The design's twelve hues in daylight, as sRGB, for formats that know no names of colours.
_HEX = (
    "#226bc0", "#287f3d", "#b5297b", "#8b6400", "#7d4dbe", "#027c7c",
    "#b23f43", "#66741d", "#0076a5", "#9f37a7", "#0c7e65", "#595bcb",
)  # fmt: skip


def hex_of(colour: int) -> str:
    return _HEX[(colour - 1) % COLOURS]


class Looks:
    def __init__(self, taken: Iterable[tuple[int, int]]) -> None:
        self.used = Counter(taken)

    def next(self) -> tuple[int, int]:
        """The next pair that is used least. 12 and 7 have no common divisor, so stepping both meets every pair."""
        fewest = min(self.used.values(), default=0) if len(self.used) >= COLOURS * SHAPES else 0
        for step in count():
            look = (step % COLOURS + 1, step % SHAPES + 1)
            if self.used[look] <= fewest:
                self.used[look] += 1
                return look
        raise AssertionError

    def dress(self, track: Track) -> None:
        track.colour, track.shape = self.next()
