"""Small pictures of a film on a few sheets, and the WebVTT that says which of them stands for which seconds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apps.media.adapters import ffmpeg
from apps.media.adapters.probe import Source

NAME = "storyboard.vtt"
SHEET = "storyboard-%d.jpg"
SIDE = 160
COLUMNS, ROWS = 10, 10
MOST_TILES = 200
INTERVALS = (1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True)
class Storyboard:
    """One picture each `interval` seconds, on sheets of 10 by 10."""

    width: int
    height: int
    interval: int

    def filters(self) -> str:
        # The picture at the middle of each interval; the last one stays, however short its interval.
        rate = f"fps=1/{self.interval}:start_time=0:eof_action=pass"
        return f"{rate},scale={self.width}:{self.height}:out_range=full,setsar=1,tile={COLUMNS}x{ROWS},format=yuvj420p"

    def output(self) -> list[str]:
        # A film that is far longer than it says ends no storyboard: three sheets are the most.
        return ["-c:v", "mjpeg", "-q:v", "6", "-frames:v", "3", "-fps_mode", "passthrough", "-f", "image2", "-y", SHEET]


def plan(source: Source) -> Storyboard | None:
    """None where there is no picture, or nobody knows how long it is."""
    if not source.has_video or source.duration <= 0:
        return None
    scale = SIDE / max(source.width, source.height)
    width, height = (max(2, 2 * round(side * scale / 2)) for side in (source.width, source.height))
    # One tile is left over: a film may turn out a little longer than it says.
    interval = next((one for one in INTERVALS if source.duration / one < MOST_TILES), 0)
    return Storyboard(width, height, interval or math.ceil(source.duration / MOST_TILES) + 1)


def draw_afterwards(board: Storyboard, rung: Path, output: Path, beat: Callable[[float], None]) -> None:
    """Sheets from the key frames of a rendition that is there: for a film that was encoded in pieces."""
    ffmpeg.run(
        [
            *("-protocol_whitelist", "file", "-skip_frame", "nokey", "-f", "hls", "-i", str(rung / "index.m3u8")),
            *("-filter_complex", f"[0:v]{board.filters()}[story]", "-map", "[story]", *board.output()),
        ],
        timeout=ffmpeg.LEAST_SECONDS * 6,
        cwd=output,
        pulse=beat,
    )


def write_index(board: Storyboard, output: Path, *, seconds: float) -> bool:
    """Write the WebVTT for the sheets that lie in `output`; False where there are none.

    The form that players know: each cue is a sheet's name with `#xywh=` (Media Fragments URI 1.0, 4.2.2).
    """
    sheets = len(list(output.glob(SHEET.replace("%d", "*"))))
    count = min(max(1, math.ceil(seconds / board.interval)), sheets * COLUMNS * ROWS)
    if not count:
        return False
    lines = ["WEBVTT", ""]
    for n in range(count):
        sheet, place = divmod(n, COLUMNS * ROWS)
        row, column = divmod(place, COLUMNS)
        begins, ends = n * board.interval, max(n * board.interval + 0.001, min(seconds, (n + 1) * board.interval))
        area = f"{column * board.width},{row * board.height},{board.width},{board.height}"
        lines += [f"{_clock(begins)} --> {_clock(ends)}", f"{SHEET % (sheet + 1)}#xywh={area}", ""]
    (output / NAME).write_text("\n".join(lines))
    return True


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
