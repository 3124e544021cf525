"""Read what a film or a recording holds with PyAV: size as shown, length, sound, and whether it can be read at all."""

import contextlib
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.audio.stream
import av.container
import av.error
import av.video.stream

from apps.media.adapters import boxes, ffmpeg

OPEN_SECONDS = 20.0
READ_SECONDS = 30.0
MOST_SIDE = 8192
MOST_PIXELS = MOST_SIDE * MOST_SIDE
"""Of a picture that is decoded: a film may grow after its first ones."""
MOST_SECONDS = 24 * 60 * 60
"""A few bytes may say that a picture stands for a year, which somebody would have to encode."""
FALLBACK_FPS = Fraction(25)
MOST_FPS = Fraction(60)
INDEXED = {"mov", "matroska"}
HDR = {16: "smpte2084", 18: "arib-std-b67"}
"""Transfers by their number in ITU-T H.273."""
USUAL_FPS = tuple(Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"))
MOST_SOUNDS = 8
MOST_NAME = 60
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
LOOK_AT_FRAMES = 8  # interlaced films may begin with a few whole pictures
HANDLERS = {"SoundHandler", "Core Media Audio", "Apple Sound Media Handler", "GPAC ISO Audio Handler"}
"""What programs write where a track's name could stand."""
TEXT_CODECS = {"mov_text", "subrip", "webvtt", "ass", "ssa", "text"}


class Unreadable(Exception):
    """The container cannot be read; `reason` is a code of `selectors.REASONS`."""

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
class Sound:
    """A sound track inside the file; `role` is main, description (of the picture) or interpreted (another language)."""

    stream: int
    language: str = ""
    title: str = ""
    role: str = "main"
    number: int = 1
    """Among all sound tracks of the file, from 1."""


@dataclass(frozen=True)
class Source:
    """A film as a viewer sees it: turned upright, with square pixels. Width 0 means sound alone.

    The first of `sounds` is the one that plays unless another is asked for.
    """

    duration: float
    width: int
    height: int
    fps: Fraction
    video_stream: int
    sounds: tuple[Sound, ...]
    demuxer: str
    words: tuple[Words, ...] = ()
    is_interlaced: bool = False
    hdr: str = ""
    """The transfer of a film with a high dynamic range, as ffmpeg calls it."""
    is_divisible: bool = False
    """Any second of it can be found again, and its pictures come at an even rate."""

    @property
    def has_video(self) -> bool:
        return self.width > 0


def inspect(path: Path, *, demuxer: str, beat: Callable[[float], None] | None = None) -> Source:
    """Open with that one demuxer and decode the first frames; raises `Unreadable`.

    A file that does not say how long it is is read through, and `beat` called with the seconds so far.
    """
    try:
        if demuxer == "mov":
            boxes.check(path)
        # Old files call things by their names in old alphabets, which is no reason to refuse them.
        opened = av.open(
            str(path), format=demuxer, metadata_errors="replace", timeout=(OPEN_SECONDS, READ_SECONDS),
            options={"protocol_whitelist": "file"},
        )  # fmt: skip
        with opened as container:
            found = _read(container, demuxer, beat or (lambda _seconds: None))
        if found.duration > MOST_SECONDS:
            raise Unreadable("too-long", f"{found.duration:.0f} seconds")
        return found
    except boxes.Broken as error:
        raise Unreadable(error.reason, str(error)) from error
    except av.error.DecoderNotFoundError as error:
        raise Unreadable("unknown-codec", str(error)) from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        said = str(error).lower()
        raise Unreadable("cut-off" if "end of file" in said else "corrupt", str(error)) from error


def _read(container: "av.container.InputContainer", demuxer: str, beat: Callable[[float], None]) -> Source:
    video = next((s for s in container.streams.video if not _is_cover(s)), None)
    sounds = _sounds(container)
    if video is None and not sounds:
        raise Unreadable("unknown-codec" if container.streams.audio else "no-tracks")
    duration = container.duration / av.time_base if container.duration else 0.0
    if video is None:
        return Source(duration or _length(container, beat), 0, 0, FALLBACK_FPS, -1, sounds, demuxer)
    if video.codec_context is None:
        raise Unreadable("unknown-codec")
    _check_side(video.codec_context.width, video.codec_context.height)  # before a picture of it takes our memory
    video.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    if not duration and video.duration and video.time_base:
        duration = float(video.duration * video.time_base)
    video.codec_context.options = {"max_pixels": str(ffmpeg.MOST_PIXELS)}
    frames = list(itertools.islice(container.decode(video), LOOK_AT_FRAMES))
    if not frames:
        raise Unreadable("no-picture")
    width, height = _shown(frames[0], video)
    fps, is_steady = _rate(video)
    return Source(
        duration=duration or _length(container, beat),
        width=width,
        height=height,
        fps=fps,
        video_stream=video.index,
        sounds=sounds,
        demuxer=demuxer,
        words=_words(container),
        is_interlaced=any(frame.interlaced_frame for frame in frames),
        hdr=HDR.get(int(frames[0].color_trc), ""),
        is_divisible=is_steady and duration > 0 and demuxer in INDEXED,
    )


def _length(container: "av.container.InputContainer", beat: Callable[[float], None]) -> float:
    """A recording that a browser wrote does not say how long it is; its packets do, without being decoded."""
    container.seek(0)
    first, last = math.inf, 0.0
    for packet in container.demux():
        if packet.pts is not None and packet.time_base:
            begins = float(packet.pts * packet.time_base)
            first = min(first, begins)
            last = max(last, begins + float((packet.duration or 0) * packet.time_base))
            beat(last)
    return max(0.0, last - first) if last else 0.0


def _rate(video: "av.video.stream.VideoStream") -> tuple[Fraction, bool]:
    """The constant rate that the film is given, and whether it is its own. Where that varies, the usual one at or above
    its average."""
    rate = Fraction(video.average_rate or video.guessed_rate or FALLBACK_FPS)
    if not 1 <= rate <= 240:
        return FALLBACK_FPS, False
    base = Fraction(video.base_rate or rate)
    is_steady = abs(base / rate - 1) < Fraction(1, 1000)
    near = next((usual for usual in USUAL_FPS if abs(rate / usual - 1) < Fraction(1, 1000)), None)
    if near is not None:
        return near, is_steady
    if not is_steady or rate.denominator > 1001:
        rate = next((usual for usual in USUAL_FPS if usual >= rate * Fraction(99, 100)), MOST_FPS)
    return min(rate, MOST_FPS), is_steady and rate <= MOST_FPS


def _sounds(container: "av.container.InputContainer") -> tuple[Sound, ...]:
    # A stream that ffmpeg has no decoder for is no reason to refuse the others.
    every = list(container.streams.audio)
    streams = [stream for stream in every if stream.codec_context is not None]
    default = next((s for s in streams if s.disposition & type(s.disposition).default), None)
    streams.sort(key=lambda stream: stream is not default)
    main = _language(streams[0].metadata.get("language", "")) if streams else ""
    return tuple(_sound(stream, main, every.index(stream) + 1) for stream in streams[:MOST_SOUNDS])


def _sound(stream: "av.audio.stream.AudioStream", main: str, number: int) -> Sound:
    flags, language = stream.disposition, _language(stream.metadata.get("language", ""))
    title = stream.metadata.get("title") or stream.metadata.get("handler_name") or ""
    role = "main"
    if flags & (type(flags).visual_impaired | type(flags).descriptions):
        role = "description"
    elif flags & type(flags).dub or (language and main and language != main):
        role = "interpreted"
    return Sound(stream.index, language, "" if title in HANDLERS else title[:MOST_NAME], role, number)


def _words(container: "av.container.InputContainer") -> tuple[Words, ...]:
    found = []
    for stream in container.streams.subtitles:
        codec = getattr(stream.codec_context, "name", "") or ""
        if codec in TEXT_CODECS:
            found.append(Words(stream.index, _language(stream.metadata.get("language", ""))))
    return tuple(found)


def _language(code: str) -> str:
    """Containers carry three letters (ISO 639-2), or any text that somebody wrote there. Pages want the short form
    where there is one, and playlists nothing that is no code (BCP 47)."""
    is_code = LANGUAGE.fullmatch(code) is not None and code not in ("und", "mul", "zxx")
    return _SHORT.get(code, code) if is_code else ""


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


def _shown(frame: av.VideoFrame, video: "av.video.stream.VideoStream") -> tuple[int, int]:
    width, height = float(frame.width), float(frame.height)
    with contextlib.suppress(TypeError, ZeroDivisionError):
        if ratio := video.sample_aspect_ratio:
            width *= float(ratio)
    if math.isclose(abs(frame.rotation) % 180, 90):
        width, height = height, width
    _check_side(width, height)
    return max(2, round(width)), max(2, round(height))


def _check_side(width: float, height: float) -> None:
    if max(width, height) > MOST_SIDE:
        raise Unreadable("too-large", f"{width:.0f}x{height:.0f}")
