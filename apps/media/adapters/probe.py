"""Read what a film or a recording holds with PyAV: size as shown, length, sound, and whether it can be read at all."""

import contextlib
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import av.error
import av.video.stream

OPEN_SECONDS = 20.0
READ_SECONDS = 30.0
MOST_SIDE = 8192
FALLBACK_FPS = Fraction(25)
MOST_FPS = Fraction(60)
TEXT_CODECS = {"mov_text", "subrip", "webvtt", "ass", "ssa", "text"}


class Unreadable(Exception):
    """The container cannot be read; `reason` is a code: no-tracks, too-large, cut-off, no-picture or corrupt."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Words:
    """A text track inside the file; `language` as BCP 47, or empty where it is not said."""

    stream: int
    language: str


@dataclass(frozen=True)
class Source:
    """A film as a viewer sees it: turned upright, with square pixels. Width 0 means sound alone."""

    duration: float
    width: int
    height: int
    fps: Fraction
    video_stream: int
    audio_streams: tuple[int, ...]
    demuxer: str
    words: tuple[Words, ...] = ()

    @property
    def has_video(self) -> bool:
        return self.width > 0


def inspect(path: Path, *, demuxer: str) -> Source:
    """Open with that one demuxer and decode one frame; raises `Unreadable`."""
    try:
        with av.open(str(path), format=demuxer, timeout=(OPEN_SECONDS, READ_SECONDS)) as container:
            return _read(container, demuxer)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        said = str(error).lower()
        raise Unreadable("cut-off" if "end of file" in said else "corrupt", str(error)) from error


def _read(container: "av.container.InputContainer", demuxer: str) -> Source:
    video = next((s for s in container.streams.video if not _is_cover(s)), None)
    sounds = tuple(s.index for s in container.streams.audio if s.codec_context is not None)
    duration = container.duration / av.time_base if container.duration else 0.0
    if video is None:
        if not sounds:
            raise Unreadable("no-tracks")
        return Source(duration, 0, 0, FALLBACK_FPS, -1, sounds, demuxer)
    if not duration and video.duration and video.time_base:
        duration = float(video.duration * video.time_base)
    width, height = _shown(container, video)
    rate = Fraction(video.average_rate or video.guessed_rate or FALLBACK_FPS)
    if not 1 <= rate <= 240:
        rate = FALLBACK_FPS
    return Source(duration, width, height, min(rate, MOST_FPS), video.index, sounds, demuxer, _words(container))


def _words(container: "av.container.InputContainer") -> tuple[Words, ...]:
    found = []
    for stream in container.streams.subtitles:
        codec = getattr(stream.codec_context, "name", "") or ""
        if codec in TEXT_CODECS:
            found.append(Words(stream.index, _language(stream.metadata.get("language", ""))))
    return tuple(found)


def _language(code: str) -> str:
    """Containers carry three letters (ISO 639-2); pages want the short form where there is one."""
    return _SHORT.get(code, "" if code in ("und", "mul", "zxx") else code)


_SHORT = {
    "eng": "en",
    "ger": "de",
    "deu": "de",
    "ara": "ar",
    "fre": "fr",
    "fra": "fr",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "dut": "nl",
    "nld": "nl",
    "pol": "pl",
    "tur": "tr",
    "rus": "ru",
    "ukr": "uk",
    "jpn": "ja",
    "chi": "zh",
    "zho": "zh",
    "kor": "ko",
    "hin": "hi",
    "swe": "sv",
    "dan": "da",
    "nor": "no",
    "fin": "fi",
}


def _is_cover(stream: "av.video.stream.VideoStream") -> bool:
    # A picture on a record sleeve is a video track of one frame.
    return bool(stream.disposition & type(stream.disposition).attached_pic)


def _shown(container: "av.container.InputContainer", video: "av.video.stream.VideoStream") -> tuple[int, int]:
    frame = next(container.decode(video), None)
    if frame is None:
        raise Unreadable("no-picture")
    width, height = float(frame.width), float(frame.height)
    with contextlib.suppress(TypeError, ZeroDivisionError):
        if ratio := video.sample_aspect_ratio:
            width *= float(ratio)
    if math.isclose(abs(frame.rotation) % 180, 90):
        width, height = height, width
    if max(width, height) > MOST_SIDE:
        raise Unreadable("too-large", f"{width:.0f}x{height:.0f}")
    return max(2, round(width)), max(2, round(height))
