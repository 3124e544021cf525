"""Make a ladder from a source: one ffmpeg run, a still, and the measured rates that the master playlist states."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.media.adapters import ffmpeg, ladder
from apps.media.adapters.probe import Source

POSTER = "poster.jpg"
POSTER_SIDE = 1280
SLOWEST = 20.0  # times its length that a film may take on one slow core
LEAST_SECONDS = 600.0
MOST_CAPTIONS = 8
MOST_CAPTION_BYTES = 4 * 1024 * 1024
_SEGMENT = re.compile(r"#EXTINF:([0-9.]+),[^\n]*\n([^#\n]+)")


@dataclass(frozen=True)
class Made:
    """What lies in the output folder; `rungs` as `models.Encoding` keeps them."""

    rungs: list[dict[str, Any]]
    captions: list[dict[str, str]]
    seconds: float
    size: int
    has_poster: bool


def encode(source: Source, path: Path, output: Path, beat: Callable[[float], None]) -> Made:
    """Fill `output`; raises `FfmpegError`, and whatever `beat` raises to stop."""
    rungs = ladder.choose(source)
    limit = LEAST_SECONDS + source.duration * SLOWEST
    ffmpeg.run(ladder.arguments(source, rungs, path=str(path)), timeout=limit, cwd=output, pulse=beat)
    names: list[dict[str, Any]] = [rung.as_json() for rung in rungs]
    if source.audio_streams:
        names.append({"name": ladder.AUDIO_NAME, "width": 0, "height": 0, "fps": 0, "codecs": ladder.CODECS_AUDIO})
    seconds = 0.0
    for rung in names:
        length, rung["peak"], rung["average"] = _measure(output / rung["name"])
        seconds = max(seconds, length)
    captions = _captions(source, path, output, beat)
    has_poster = source.has_video and _poster(source, path, output, beat)
    size = sum(file.stat().st_size for file in output.rglob("*") if file.is_file())
    return Made(names, captions, round(seconds, 3), size, has_poster)


def _measure(folder: Path) -> tuple[float, int, int]:
    """Length in seconds, peak and average bits a second of a rendition (RFC 8216, 4.3.4.2)."""
    length, bits, peak = 0.0, 0, 0.0
    segments = _SEGMENT.findall((folder / "index.m3u8").read_text())
    if not segments:
        raise ffmpeg.FfmpegError("corrupt", "not one segment was written")
    for seconds, name in segments:
        size = (folder / name).stat().st_size * 8
        length += float(seconds)
        bits += size
        # A last scrap of a second says nothing about the rate.
        if float(seconds) >= ladder.SEGMENT_SECONDS / 2 or len(segments) == 1:
            peak = max(peak, size / max(float(seconds), 0.1))
    average = bits / max(length, 0.1)
    return length, round(max(peak, average)), round(average)


def _captions(source: Source, path: Path, output: Path, beat: Callable[[float], None]) -> list[dict[str, str]]:
    """The texts inside the film as WebVTT; one that cannot be read does not cost the film."""
    found = []
    for n, words in enumerate(source.words[:MOST_CAPTIONS]):
        name = f"captions-{n}.vtt"
        try:
            ffmpeg.run(
                [
                    *("-protocol_whitelist", "file", "-f", source.demuxer, "-i", str(path)),
                    *("-map", f"0:{words.stream}", "-c:s", "webvtt", "-f", "webvtt", "-y", name),
                ],
                timeout=LEAST_SECONDS,
                cwd=output,
                pulse=lambda _seconds: beat(source.duration),
            )
        except ffmpeg.FfmpegError:
            continue
        if (output / name).stat().st_size <= MOST_CAPTION_BYTES:
            found.append({"language": words.language, "file": name})
    return found


def _poster(source: Source, path: Path, output: Path, beat: Callable[[float], None]) -> bool:
    """A still from a tenth of the way in, the most telling of the next pictures; a film is fine without one."""
    at = min(source.duration * 0.1, 60.0)
    scale = min(1.0, POSTER_SIDE / max(source.width, source.height))
    width, height = (max(2, round(side * scale)) for side in (source.width, source.height))
    try:
        ffmpeg.run(
            [
                *("-ss", f"{at:.2f}", "-protocol_whitelist", "file", "-f", source.demuxer, "-i", str(path)),
                *("-map", f"0:{source.video_stream}", "-vf", f"thumbnail=24,scale={width}:{height}"),
                *("-frames:v", "1", "-q:v", "4", "-map_metadata", "-1", "-y", POSTER),
            ],
            timeout=120,
            cwd=output,
            pulse=lambda _seconds: beat(source.duration),
        )
    except ffmpeg.FfmpegError:
        return False
    return (output / POSTER).is_file()
