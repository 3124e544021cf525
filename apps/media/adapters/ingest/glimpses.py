"""What a producer sees of who waits: a small picture each second, and how loud they are, made by the ffmpeg that reads
their recording anyway. It shows what came through, and its bytes are ffmpeg's, never those that somebody sent."""

import math
import re

from apps.media.models import GLIMPSE_SIZE

MOST_PICTURE_BYTES = 32 * 1024
BEGIN, END = b"\xff\xd8", b"\xff\xd9"
"""Of a JPEG: inside, no byte of a picture reads so."""
SILENCE_DB = -60.0
LEVEL = re.compile(rb"lavfi\.astats\.Overall\.RMS_level=(-?[0-9.]+)")
ONCE_A_SECOND = r"select=isnan(prev_selected_t)+gte(t-prev_selected_t\,1)"
SOUND_FILTER = (
    "astats=metadata=1:reset=25:measure_perchannel=none:measure_overall=RMS_level,"
    r"ametadata=mode=print:key=lavfi.astats.Overall.RMS_level:file=pipe\\:2:direct=1"
)
"""Tells on stderr how loud the last half second was."""


def picture_arguments(pipe: int) -> list[str]:
    """One more output of the same run, chosen before it is scaled: a picture a second costs next to nothing."""
    width, height = GLIMPSE_SIZE
    fit = f"scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bilinear,pad={width}:{height}:-1:-1"
    return [
        *("-map", "0:v:0", "-vf", f"{ONCE_A_SECOND},{fit},setsar=1,format=yuvj420p", "-fps_mode", "vfr"),
        *("-c:v", "mjpeg", "-q:v", "7", "-flush_packets", "1", "-f", "image2pipe", f"pipe:{pipe}"),
    ]


class Pictures:
    """Takes pictures out of a pipe in which one follows the other, however it is cut."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, data: bytes) -> list[bytes]:
        self._begun += data
        *whole, self._begun = self._begun.split(END)
        if len(self._begun) > MOST_PICTURE_BYTES:
            self._begun = b""
        pictures = [one + END for one in whole]
        return [one for one in pictures if one.startswith(BEGIN) and len(one) <= MOST_PICTURE_BYTES]


def loudness(line: bytes) -> int | None:
    """0 to 100 of what ffmpeg says; None where the line says nothing of it. Silence is told as `-inf`, and is none."""
    found = LEVEL.search(line)
    if found is None:
        return None
    return max(0, min(100, math.ceil(100 * (1 - float(found[1]) / SILENCE_DB))))
