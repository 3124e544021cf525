"""The rungs of a live stream, and the one ffmpeg command that makes them all from one decoding as pictures come in."""

from collections.abc import Sequence
from typing import Any

SEGMENT_SECONDS = 2
SOUND_KBPS = 128
SOUND = "mp4a.40.2"
LISTED = 600
"""Segments that ffmpeg's own playlist names: 20 minutes in which storage may be away."""

# Short side, kbit/s, H.264 profile, level and RFC 6381 name; each level takes 60 pictures a second.
STEPS: tuple[tuple[int, int, str, str, str], ...] = (
    (240, 400, "main", "3.1", "avc1.4d401f"),
    (360, 800, "main", "3.1", "avc1.4d401f"),
    (480, 1400, "main", "3.1", "avc1.4d401f"),
    (720, 2800, "high", "4.0", "avc1.640028"),
    (1080, 5000, "high", "4.2", "avc1.64002a"),
)


def choose(width: int, height: int, fps: float, wanted: Sequence[int]) -> list[dict[str, Any]]:
    """The rungs in the form of `Encoding.rungs`, smallest first: those of the wanted sides that are not larger than the
    picture, or the picture as it is where all are."""
    short = min(width, height)
    sides = sorted(side for side in wanted if side <= short)
    return [_rung(side, width, height, fps) for side in sides or [short]]


def _rung(side: int, width: int, height: int, fps: float) -> dict[str, Any]:
    scale = side / min(width, height)
    _side, kbps, _profile, _level, codecs = _step(side)
    return {
        "name": f"{side}p",
        "width": _even(width * scale),
        "height": _even(height * scale),
        "fps": round(fps, 3),
        "kbps": kbps,
        "codecs": f"{codecs},{SOUND}",
    }


def _step(side: int) -> tuple[int, int, str, str, str]:
    return next((step for step in STEPS if step[0] >= side), STEPS[-1])


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))


def arguments(rungs: Sequence[dict[str, Any]], *, has_sound: bool) -> list[str]:
    """Reads FLV from its input and writes `<rung>/index.m3u8` with its segments into the folder it is run in.

    Whatever size comes in, the rungs keep theirs; who brings no sound gets silence: players are not to be surprised by
    another input in the middle.
    """
    command = ["-analyzeduration", "1000000", "-probesize", "1000000"]
    command += ["-protocol_whitelist", "pipe", "-f", "flv", "-i", "pipe:0"]
    if not has_sound:
        command += ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo"]
    command += ["-filter_complex", _graph(rungs)]
    for n, rung in enumerate(rungs):
        command += ["-map", f"[v{n}]", "-map", "0:a:0" if has_sound else "1:a:0", *_picture(n, rung)]
    command += ["-c:a", "aac", "-b:a", f"{SOUND_KBPS}k", "-ac", "2", "-ar", "48000"]
    command += ["-af", "aresample=async=1:first_pts=0"] if has_sound else ["-shortest"]
    variants = " ".join(f"v:{n},a:{n},name:{rung['name']}" for n, rung in enumerate(rungs))
    return [
        *command,
        *("-fps_mode", "vfr", "-map_metadata", "-1", "-sn", "-dn"),
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_list_size", str(LISTED)),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments+temp_file"),
        *("-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", "%v/%05d.m4s"),
        *("-var_stream_map", variants, "%v/index.m3u8"),
    ]


def _graph(rungs: Sequence[dict[str, Any]]) -> str:
    outputs = "".join(f"[s{n}]" for n in range(len(rungs)))
    parts = [f"[0:v:0]split={len(rungs)}{outputs}"]
    for n, rung in enumerate(rungs):
        size = f"{rung['width']}:{rung['height']}"
        fit = f"scale={size}:force_original_aspect_ratio=decrease:flags=bicubic,pad={size}:-1:-1"
        parts.append(f"[s{n}]{fit},setsar=1,format=yuv420p[v{n}]")
    return ";".join(parts)


def _picture(n: int, rung: dict[str, Any]) -> list[str]:
    _side, kbps, profile, level, _codecs = _step(min(rung["width"], rung["height"]))
    return [
        *(f"-c:v:{n}", "libx264", f"-preset:v:{n}", "veryfast", f"-tune:v:{n}", "zerolatency"),
        *(f"-profile:v:{n}", profile, f"-level:v:{n}", level, f"-crf:v:{n}", "23"),
        *(f"-maxrate:v:{n}", f"{kbps}k", f"-bufsize:v:{n}", f"{kbps}k"),
        # Key frames by the clock, whatever pace the pictures come in: all rungs are cut at the same ones.
        *(f"-g:v:{n}", "600", f"-sc_threshold:v:{n}", "0"),
        *(f"-force_key_frames:v:{n}", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})"),
    ]
