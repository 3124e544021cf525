"""A long film is encoded in pieces of ten minutes, so that what a killed worker had done of hours is not done again.

Pieces are joined without a seam: each holds whole segments, counts them on, and its pictures lie on the same grid.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from apps.media.adapters import ffmpeg
from apps.media.adapters.probe import Source

PIECE_SEGMENTS = 150
LEAST_PIECES = 2
FLAGS = ("frag_discont",)
"""Of ffmpeg's MP4: a piece's times (`baseMediaDecodeTime`) go on where the ones before it end."""
_INIT = re.compile(r'#EXT-X-MAP:URI="([^"]+)"')
_ENTRY = re.compile(r"#EXTINF:[^\n]*\n[^#\n]+\n")


@dataclass(frozen=True)
class Piece:
    """Some segments of the picture; the last one goes to the end, wherever that is."""

    number: int
    first_segment: int
    segment_seconds: Fraction
    is_last: bool

    @property
    def name(self) -> str:
        return f"piece-{self.number:03}"

    @property
    def begins(self) -> Fraction:
        return self.first_segment * self.segment_seconds

    @property
    def reads_from(self) -> Fraction:
        """A segment earlier: where a decoder begins, the first pictures may be missing."""
        return max(Fraction(0), self.begins - self.segment_seconds)

    def filters(self, fps: Fraction) -> str:
        """Of pictures at a constant rate from `reads_from` on, those that are the piece's."""
        skipped = round((self.begins - self.reads_from) * fps)
        until = "" if self.is_last else f":end_frame={skipped + round(PIECE_SEGMENTS * self.segment_seconds * fps)}"
        return f"trim=start_frame={skipped}{until},setpts=PTS-STARTPTS"

    def input_options(self) -> list[str]:
        return ["-ss", f"{float(self.reads_from):.6f}"] if self.reads_from else []

    def output_options(self) -> list[str]:
        """For its segments to go on in number and, with `FLAGS`, in time."""
        return ["-output_ts_offset", f"{float(self.begins):.6f}", "-start_number", str(self.first_segment)]


def divide(source: Source, segment_seconds: Fraction) -> list[Piece]:
    """None for a film that is short, that has no picture, or in which no place can be found again exactly."""
    length = PIECE_SEGMENTS * segment_seconds
    count = int(Fraction(source.duration) / length)
    if not source.has_video or not source.is_divisible or count < LEAST_PIECES:
        return []
    return [Piece(n, n * PIECE_SEGMENTS, segment_seconds, n == count - 1) for n in range(count)]


def join(folders: Sequence[Path], output: Path) -> None:
    """Every rendition's segments of all pieces, and its playlist; the pieces stay as they are."""
    for rendition in sorted(path for path in folders[0].iterdir() if path.is_dir()):
        target = output / rendition.name
        target.mkdir()
        text = (rendition / "index.m3u8").read_text()
        init = rendition / _INIT.findall(text)[0]
        entries = []
        for folder in folders:
            part = folder / rendition.name
            if (part / init.name).read_bytes() != init.read_bytes():
                raise ffmpeg.FfmpegError("failed", f"{part} begins otherwise than the pieces before it")
            for segment in part.glob("*.m4s"):
                os.link(segment, target / segment.name)
            entries += _ENTRY.findall((part / "index.m3u8").read_text())
        os.link(init, target / init.name)
        head, tail = text[: text.index("#EXTINF")], "#EXT-X-ENDLIST\n"
        (target / "index.m3u8").write_text(head + "".join(entries) + tail)
