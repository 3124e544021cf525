"""Choose the rungs for a source and write the one ffmpeg command that makes them all from one decoding."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from apps.media.adapters.probe import Source

RECIPE = "2025-1"
"""Part of what identifies an encoding: raise it when the command below makes other bytes."""

SEGMENT_SECONDS = 4
AUDIO_KBPS = 128
AUDIO_NAME = "sound"
CODECS_AUDIO = "mp4a.40.2"

# Short side, the most kbit/s at 30 pictures a second, H.264 profile, level and RFC 6381 name.
_STEPS = (
    (360, 800, "main", "3.0", "avc1.4d401e"),
    (720, 2800, "high", "4.0", "avc1.640028"),
)
_FAST_FPS = Fraction(31)


@dataclass(frozen=True)
class Rung:
    """One rendition; `name` is its folder and its playlist. A rung of sound alone has no height."""

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
        steps.append((short, *_STEPS[len(steps)][1:]))  # a 480p source keeps its 480 lines
    return [_rung(source, *step) for step in steps]


def _rung(source: Source, side: int, kbps: int, profile: str, level: str, codecs: str) -> Rung:
    scale = side / min(source.width, source.height)
    width, height = _even(source.width * scale), _even(source.height * scale)
    area = width * height / (side * side * 16 / 9)
    share = min(1.0, (side / _nominal(level)) ** 1.6) * min(1.5, max(0.6, area))
    if source.fps > _FAST_FPS:
        share *= 1.4
        level, codecs = _LEVEL_FAST[level]
    return Rung(
        name=f"{min(width, height)}p",
        width=width,
        height=height,
        fps=round(float(source.fps), 3),
        kbps=max(150, round(kbps * share)),
        codecs=codecs,
        profile=profile,
        level=level,
    )


_LEVEL_FAST = {"3.0": ("3.1", "avc1.4d401f"), "4.0": ("4.2", "avc1.64002a")}


def _nominal(level: str) -> int:
    return next(step[0] for step in _STEPS if step[3] == level)


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def arguments(source: Source, rungs: Sequence[Rung], *, path: str) -> list[str]:
    """One ffmpeg command, to be run in the folder that takes the output: `<rung>/index.m3u8` and its segments.

    Sound is encoded once, as a rendition of its own that every picture rung shares.
    """
    has_sound = bool(source.audio_streams)
    command = ["-protocol_whitelist", "file", "-f", source.demuxer, "-i", path]
    if rungs:
        command += ["-filter_complex", _graph(source, rungs)]
    for n, rung in enumerate(rungs):
        command += ["-map", f"[v{n}]", *_picture(n, rung, source.fps)]
    if has_sound:
        command += ["-map", f"0:{source.audio_streams[0]}", "-c:a", "aac", "-b:a", f"{AUDIO_KBPS}k", "-ac", "2"]
        command += ["-ar", "48000", "-af", "aresample=async=1:first_pts=0"]
    command += ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-threads", "0"]
    variants = [f"v:{n},name:{rung.name}" + (",agroup:sound" if has_sound else "") for n, rung in enumerate(rungs)]
    if has_sound:
        variants.append(f"a:0,name:{AUDIO_NAME}" + (",agroup:sound" if rungs else ""))
    return [
        *command,
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"),
        *("-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "%v/%05d.m4s"),
        *("-var_stream_map", " ".join(variants), "%v/index.m3u8"),
    ]


def _graph(source: Source, rungs: Sequence[Rung]) -> str:
    outputs = "".join(f"[s{n}]" for n in range(len(rungs)))
    # Constant rate once, before the split: every rung then has the same pictures, and key frames align.
    head = f"[0:{source.video_stream}]fps={source.fps.numerator}/{source.fps.denominator},split={len(rungs)}{outputs}"
    scaled = [
        f"[s{n}]scale={rung.width}:{rung.height}:flags=bicubic,setsar=1,format=yuv420p[v{n}]"
        for n, rung in enumerate(rungs)
    ]
    return ";".join([head, *scaled])


def _picture(n: int, rung: Rung, fps: Fraction) -> list[str]:
    gop = str(round(fps * SEGMENT_SECONDS))
    return [
        *(f"-c:v:{n}", "libx264", f"-preset:v:{n}", "veryfast", f"-crf:v:{n}", "23"),
        *(f"-profile:v:{n}", rung.profile, f"-level:v:{n}", rung.level),
        *(f"-maxrate:v:{n}", f"{rung.kbps}k", f"-bufsize:v:{n}", f"{rung.kbps * 2}k"),
        *(f"-g:v:{n}", gop, f"-keyint_min:v:{n}", gop, f"-sc_threshold:v:{n}", "0"),
        *(f"-force_key_frames:v:{n}", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
    ]
