"""Burn captions into a film with ffmpeg's subtitles filter, where it was built with libass."""

import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from apps.media.adapters import ffmpeg, webvtt
from apps.media.adapters.cues import Cue, Said
from apps.media.adapters.probe import Source

CAPTIONS, FILM = "captions.vtt", "film.mp4"
SLOWEST, LEAST_SECONDS = 20.0, 600.0
MOST_WIDTH, MOST_HEIGHT = 1920, 1080
LOOK = "FontSize=20,Outline=1,Shadow=0,MarginV=24"


@cache
def is_there() -> bool:
    command = [ffmpeg.binary(), "-hide_banner", "-filters"]
    try:
        told = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b" subtitles " in told.stdout


def burn(source: Source, path: Path, folder: Path, cues: Iterable[Said], beat: Callable[[float], None]) -> Path:
    """An MP4 with the words in its picture; raises `FfmpegError`, and whatever `beat` raises to stop."""
    # WebVTT, in which everything that was said can be written: ffmpeg would obey what looks like a tag in an SRT file.
    (folder / CAPTIONS).write_text("".join(webvtt.write(map(_named, cues))), encoding="utf-8")
    # Both sides even, within Full HD, never larger than they were.
    scale = f"scale=w='min({MOST_WIDTH},iw)':h='min({MOST_HEIGHT},ih)':force_original_aspect_ratio=decrease"
    look = f"subtitles=filename={CAPTIONS}:charenc=UTF-8:force_style='{LOOK}'"
    sound = ("-map", f"0:{source.sounds[0].stream}", "-c:a", "aac", "-b:a", "128k") if source.sounds else ()
    ffmpeg.run(
        [
            *ffmpeg.film(path, demuxer=source.demuxer),
            *("-map", f"0:{source.video_stream}", "-vf", f"{scale}:force_divisible_by=2,{look}"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-pix_fmt", "yuv420p"),
            *sound,
            *("-map_metadata", "-1", "-movflags", "+faststart", "-y", FILM),
        ],
        timeout=LEAST_SECONDS + source.duration * SLOWEST,
        cwd=folder,
        pulse=beat,
    )
    return folder / FILM


def _named(cue: Said) -> Cue:
    """Who speaks stands before the words: ffmpeg shows no voices."""
    return Cue(cue.begins, cue.ends, f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text)
