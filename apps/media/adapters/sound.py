"""How loud the sound of a film is (EBU R 128), what brings it to one loudness, and the line that draws it."""

import json
import re
from array import array
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from apps.media.adapters import ffmpeg
from apps.media.adapters.probe import Source

TARGET_LUFS = -16.0
MOST_PEAK = -1.0
"""dBTP, of what is played."""
CEILING = -2.0  # dB; AAC may put a decibel on top of what it was given
SILENT_LUFS = -60.0  # noise of a room: louder would not be better
MOST_GAIN, LEAST_GAIN = 30.0, -30.0
RATE = 48_000
OVERSAMPLED = 192_000  # a limiter sees true peaks at four times the rate (ITU-R BS.1770-4, annex 2)

SPEECH, SPEECH_RATE = "speech.wav", 16_000
WINDOW_SECONDS = 30.0
"""That the sound of a few live segments may take."""

WAVEFORM = "waveform.json"
WAVEFORM_RATE = 8_000
SAMPLE_BYTES = 2
MOST_PEAKS = 36_000
PEAKS_A_SECOND = 10
_SAMPLES = "waveform.raw"

# What comes, comes as stereo from its first moment on: it is measured as it will be heard.
_EVEN = f"aresample={RATE}:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
_SUMMARY = re.compile(
    r"\[Parsed_ebur128_(\d+) [^\]]*\] Summary:.*?I:\s+(-?[\d.]+|-inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-inf|nan) dBFS", re.S
)


@dataclass(frozen=True)
class Loudness:
    """Of one track: what was measured, and what it is given."""

    lufs: float | None
    """None where there is nothing to hear."""
    peak: float
    gain: float
    is_limited: bool
    """A linear gain alone would drive its peaks over the top."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def filters(gain: float, *, is_limited: bool) -> str:
    """The filters that a track passes before it is encoded."""
    chain = _EVEN
    if gain:
        chain += f",volume={gain:.2f}dB"
    if is_limited:
        ceiling = 10 ** (CEILING / 20)
        chain += f",aresample={OVERSAMPLED},alimiter=limit={ceiling:.4f}:attack=5:release=50:level=0,aresample={RATE}"
    return chain


def measure(source: Source, path: Path, output: Path, beat: Callable[[float], None]) -> list[Loudness]:
    """Of each track; writes the waveform of the first into `output`. The picture is not decoded.

    Raises `FfmpegError`, and whatever `beat` raises to stop.
    """
    chains, outputs = [], []
    for n, track in enumerate(source.sounds):
        split = "asplit=2[line][t0];[t0]" if n == 0 else ""
        chains.append(f"[0:{track.stream}]{_EVEN},{split}ebur128=peak=true:framelog=verbose[m{n}]")
        outputs += ["-map", f"[m{n}]"]
    chains.append(f"[line]aresample={WAVEFORM_RATE},aformat=sample_fmts=s16:channel_layouts=mono[w]")
    said = ffmpeg.run(
        [
            *("-vn", "-sn", "-dn", *ffmpeg.film(path, demuxer=source.demuxer)),
            *("-filter_complex", ";".join(chains)),
            *("-map", "[w]", "-f", "s16le", "-y", _SAMPLES),
            *(*outputs, "-f", "null", "-"),
        ],
        timeout=ffmpeg.LEAST_SECONDS + source.duration,
        cwd=output,
        pulse=beat,
        is_told=True,
    )
    # A filter may be set up twice before the first sample comes, and then tells of nothing first: the last word counts.
    told = {int(n): words for n, *words in _SUMMARY.findall(said)}
    found = [_loudness(*told[n]) for n in sorted(told)]
    if len(found) != len(source.sounds):
        raise ffmpeg.FfmpegError("failed", f"the loudness of {len(source.sounds)} tracks was not told: {said[-2000:]}")
    _draw(output, gain=found[0].gain)
    return found


def write_speech(source: Source, path: Path, folder: Path, beat: Callable[[float], None]) -> Path:
    """The first sound alone, as those who write down what is said want it: a WAV in which nobody has to guess what it
    is. Raises as `measure` does."""
    ffmpeg.run(
        [
            *("-vn", "-sn", "-dn", *ffmpeg.film(path, demuxer=source.demuxer)),
            *("-map", f"0:{source.sounds[0].stream}", "-ac", "1", "-ar", str(SPEECH_RATE), "-c:a", "pcm_s16le"),
            *("-map_metadata", "-1", "-y", SPEECH),
        ],
        timeout=ffmpeg.LEAST_SECONDS + source.duration,
        cwd=folder,
        pulse=beat,
    )
    return folder / SPEECH


def write_window(path: Path, folder: Path, *, begins: float) -> Path:
    """The sound of some segments of a live take (fragmented MP4), from a second of it on, as `write_speech` gives it.
    Raises `FfmpegError`."""
    ffmpeg.run(
        [
            *("-vn", "-sn", "-dn", "-protocol_whitelist", "file", "-f", "mov", "-i", str(path), "-map", "0:a:0"),
            *("-af", f"asetpts=PTS-STARTPTS,atrim=start={begins:.3f},asetpts=PTS-STARTPTS"),
            *("-ac", "1", "-ar", str(SPEECH_RATE), "-c:a", "pcm_s16le", "-map_metadata", "-1", "-y", SPEECH),
        ],
        timeout=WINDOW_SECONDS,
        cwd=folder,
    )
    return folder / SPEECH


def _loudness(lufs: str, peak: str) -> Loudness:
    level, top = _number(lufs), _number(peak)
    if level < SILENT_LUFS:
        return Loudness(None, top, 0.0, False)
    gain = round(min(MOST_GAIN, max(LEAST_GAIN, TARGET_LUFS - level)), 2)
    return Loudness(level, top, gain, top + gain > CEILING)


def _number(said: str) -> float:
    return -100.0 if said in ("-inf", "nan") else float(said)


def _draw(output: Path, *, gain: float) -> None:
    """The peaks of what is played, 0 to 255; as many a second as an hour can have, fewer for what is longer."""
    samples = output / _SAMPLES
    seconds = samples.stat().st_size / WAVEFORM_RATE / SAMPLE_BYTES
    per_second = max(1, min(PEAKS_A_SECOND, int(MOST_PEAKS / max(1.0, seconds))))
    factor = 10 ** (gain / 20) * 255 / 2**15
    peaks = []
    with samples.open("rb") as file:
        while block := file.read(WAVEFORM_RATE // per_second * SAMPLE_BYTES):
            values = array("h", block)  # this machine's order of bytes, which ours all have: the lower one first
            highest, lowest = max(values), min(values)
            peaks.append(min(255, round(max(highest, -lowest) * factor)))
    samples.unlink()
    (output / WAVEFORM).write_text(json.dumps({"per_second": per_second, "peaks": peaks}, separators=(",", ":")))
