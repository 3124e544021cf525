"""Choose the rungs for a source and write the one ffmpeg command that makes them all from one decoding."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from apps.media.adapters import ffmpeg, pieces
from apps.media.adapters.probe import Sound, Source
from apps.media.adapters.sound import Loudness, filters
from apps.media.adapters.storyboard import Storyboard

RECIPE = "2026-2"
"""Part of what identifies an encoding: raise it when the command below makes other bytes."""

SEGMENT_SECONDS = 4
AUDIO_KBPS = 128
AUDIO_NAME = "sound"
CODECS_AUDIO = "mp4a.40.2"

# Short side, the most kbit/s at 30 pictures a second and 16:9, H.264 profile and its first two bytes (RFC 6381).
_STEPS = (
    (240, 350, "main", "4d40"),
    (360, 800, "main", "4d40"),
    (480, 1400, "main", "4d40"),
    (720, 2800, "high", "6400"),
    (1080, 5000, "high", "6400"),
)
_FAST_FPS = Fraction(31)
# H.264, table A-1: the most macroblocks a second and a picture, level, level_idc.
_LEVELS = (
    (40_500, 1_620, "3.0", 30),
    (108_000, 3_600, "3.1", 31),
    (216_000, 5_120, "3.2", 32),
    (245_760, 8_192, "4.0", 40),
    (522_240, 8_704, "4.2", 42),
    (983_040, 36_864, "5.1", 51),
)


@dataclass(frozen=True)
class Rung:
    """One rendition of the picture; `name` is its folder and its playlist."""

    name: str
    width: int
    height: int
    fps: float
    kbps: int
    codecs: str
    profile: str = ""
    level: str = ""

    def as_json(self) -> dict[str, Any]:
        return {k: v for k, v in asdict(self).items() if k not in {"profile", "level"}}


def choose(source: Source) -> list[Rung]:
    """The picture rungs, smallest first: never larger than the source, at least one where there is a picture."""
    if not source.has_video:
        return []
    short = min(source.width, source.height)
    steps = [step for step in _STEPS if step[0] <= short]
    if not steps:
        steps = [(short, *_STEPS[0][1:])]
    elif steps[-1] is not _STEPS[-1] and short >= steps[-1][0] * 1.25:
        steps.append((short, *_STEPS[len(steps)][1:]))  # a 600p source keeps its 600 lines
    return [_rung(source, *step) for step in steps]


def _rung(source: Source, side: int, kbps: int, profile: str, codecs: str) -> Rung:
    scale = side / min(source.width, source.height)
    width, height = _even(source.width * scale), _even(source.height * scale)
    area = width * height / (side * side * 16 / 9)
    nominal = next(step[0] for step in _STEPS if step[1] == kbps)
    share = min(1.0, (side / nominal) ** 1.6) * min(1.5, max(0.6, area))
    if source.fps > _FAST_FPS:
        share *= 1.4
    level, number = _level(width, height, source.fps)
    return Rung(
        name=f"{min(width, height)}p",
        width=width,
        height=height,
        fps=round(float(source.fps), 3),
        kbps=max(150, round(kbps * share)),
        codecs=f"avc1.{codecs}{number:02x}",
        profile=profile,
        level=level,
    )


def _level(width: int, height: int, fps: Fraction) -> tuple[str, int]:
    blocks = -(-width // 16) * -(-height // 16)
    for a_second, a_picture, level, number in _LEVELS:
        if blocks <= a_picture and blocks * fps <= a_second:
            return level, number
    return _LEVELS[-1][2:]


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def pictures_of_segment(fps: Fraction) -> int:
    """At 23.976 a second a segment has 96 of them, and 4.004 seconds. Never fewer than four seconds, or it would end
    with the key frame after the next."""
    return math.ceil(fps * SEGMENT_SECONDS)


def sound_names(sounds: Sequence[Sound]) -> list[str]:
    """The folders of the renditions of sound, in the order of the tracks."""
    return [AUDIO_NAME if n == 0 else f"{AUDIO_NAME}-{n + 1}" for n in range(len(sounds))]


def arguments(
    source: Source,
    rungs: Sequence[Rung],
    *,
    path: str,
    loudness: Sequence[Loudness] = (),
    storyboard: Storyboard | None = None,
    piece: pieces.Piece | None = None,
    threads: int = 0,
) -> list[str]:
    """One ffmpeg command, to be run in the folder that takes the output: `<rung>/index.m3u8` and its segments.

    Each sound track is encoded once, as a rendition of its own that all picture rungs share; `loudness` is what was
    measured of each, in their order. Sheets of the storyboard come from the smallest rung's pictures. A `piece` has
    its part of the pictures.
    """
    command = ["-threads", str(threads), *(piece.input_options() if piece else ())]
    command += ffmpeg.film(path, demuxer=source.demuxer)
    if rungs:
        command += ["-filter_complex", _graph(source, rungs, storyboard, piece)]
    for n, rung in enumerate(rungs):
        command += ["-map", f"[v{n}]", *_picture(n, rung, source.fps)]
    for n, track in enumerate(source.sounds):
        gain = loudness[n].gain if n < len(loudness) else 0.0
        is_limited = n < len(loudness) and loudness[n].is_limited
        command += ["-map", f"0:{track.stream}", f"-filter:a:{n}", filters(gain, is_limited=is_limited)]
    if source.sounds:
        command += ["-c:a", "aac", "-b:a", f"{AUDIO_KBPS}k"]
    command += [*PLAIN, "-threads", str(threads)]
    variants = [f"v:{n},name:{rung.name}" for n, rung in enumerate(rungs)]
    variants += [f"a:{n},name:{name}" for n, name in enumerate(sound_names(source.sounds))]
    command += into_segments(variants, pieces.FLAGS if piece else (), piece.output_options() if piece else ())
    if rungs and storyboard:
        command += ["-map", "[story]", *PLAIN, *storyboard.output()]
    return command


def into_segments(
    variants: Sequence[str], flags: Sequence[str] = (), more: Sequence[str] = (), *, seconds: int = SEGMENT_SECONDS
) -> list[str]:
    """The output, a folder for each of `variants` (`a:0,name:sound`); `flags` are the MP4's, `more` of the whole."""
    return [
        *("-f", "hls", "-hls_time", str(seconds), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"),
        # The first picture and the first sound are at 0: what the sound's encoder holds back stands in its edit list.
        *("-avoid_negative_ts", "disabled", "-hls_segment_options", f"movflags=+{'+'.join([_SIGNED, *flags])}"),
        *("-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "%v/%05d.m4s"),
        *more,
        *("-var_stream_map", " ".join(variants), "%v/index.m3u8"),
    ]


_SIGNED = "negative_cts_offsets"
"""Pictures are shown when their fragment says (ISO 14496-12, 8.8.8, version 1, as CMAF has it), and no edit list moves
them: hls.js knows of none, and would begin each round of a loop later by what the encoder holds back."""
PLAIN = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")
"""Nothing of what a file says of itself, and no words."""


def _graph(source: Source, rungs: Sequence[Rung], storyboard: Storyboard | None, piece: pieces.Piece | None) -> str:
    outputs = "".join(f"[s{n}]" for n in range(len(rungs)))
    fps = f"{source.fps.numerator}/{source.fps.denominator}"
    still = "bwdif=mode=send_frame:deint=interlaced," if source.is_interlaced else ""
    part = f"{piece.filters(source.fps)}," if piece else ""
    # Constant rate once, before the split: every rung then has the same pictures, and key frames align. It begins with
    # the sound, also where the picture comes later.
    head = f"{still}fps={fps}:start_time=0,{part}{plain_range(source, rungs[-1].width, rungs[-1].height)}"
    chains = [f"[0:{source.video_stream}]{head}split={len(rungs)}{outputs}"]
    for n, rung in enumerate(rungs):
        scaled = f"[s{n}]scale={rung.width}:{rung.height}:flags=bicubic,setsar=1,format=yuv420p"
        if n == 0 and storyboard:
            chains += [f"{scaled},split=2[v0][small]", f"[small]{storyboard.filters()}[story]"]
        else:
            chains.append(f"{scaled}[v{n}]")
    return ";".join(chains)


def plain_range(source: Source, width: int, height: int) -> str:
    """Filters that bring a film with a high dynamic range to what every screen shows (BT.709), at the largest size that
    is needed; empty for others."""
    if not source.hdr:
        return ""
    return (
        f"zscale=w={width}:h={height}:tin={source.hdr}:pin=bt2020:min=bt2020nc:t=linear:npl=203,"
        "format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=limited,format=yuv420p,"
    )


def _picture(n: int, rung: Rung, fps: Fraction) -> list[str]:
    gop = str(pictures_of_segment(fps))
    return [
        *(f"-c:v:{n}", "libx264", f"-preset:v:{n}", "veryfast", f"-crf:v:{n}", "23"),
        *(f"-profile:v:{n}", rung.profile, f"-level:v:{n}", rung.level),
        *(f"-maxrate:v:{n}", f"{rung.kbps}k", f"-bufsize:v:{n}", f"{rung.kbps * 2}k"),
        *(f"-g:v:{n}", gop, f"-keyint_min:v:{n}", gop, f"-sc_threshold:v:{n}", "0"),
    ]
