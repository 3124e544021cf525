"""A sound that was recorded apart, as one more rendition of a film: moved to where it begins, and of the
film's length."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.media.adapters import encode, ffmpeg, ladder, pieces, sound
from apps.media.adapters.probe import Source
from apps.media.adapters.sound import Loudness


@dataclass(frozen=True)
class Fit:
    """How it fits the film, in seconds."""

    begins: float
    """Of the film; where negative, so much of the sound's own beginning is left out."""
    length: float
    """Of the film."""
    clock: float = 0.0
    """What the film's segments say at its beginning: those of a cut are another's."""
    segment: int = ladder.SEGMENT_SECONDS

    def filters(self) -> str:
        """Of a sound at `sound.RATE`: silence before it or without its beginning, then silence or a cut to the end."""
        if self.begins < 0:
            moved = f"atrim=start={-self.begins:.6f},asetpts=PTS-STARTPTS,"
        else:
            moved = f"adelay=delays={round(self.begins * sound.RATE)}S:all=1," if self.begins else ""
        return f"{moved}apad=whole_dur={self.length:.6f},atrim=end={self.length:.6f}"


def measure(source: Source, path: Path, output: Path, beat: Callable[[float], None]) -> Loudness:
    """Of its first track, the whole of it; raises `FfmpegError`, and whatever `beat` raises to stop."""
    return sound.measure(_alone(source), path, output, beat)[0]


def make(
    source: Source, path: Path, output: Path, beat: Callable[[float], None], *, fit: Fit, loudness: Loudness
) -> dict[str, Any]:
    """Fills a folder of `output` as the ladder does with a sound of the film; gives what `Encoding.sounds` keeps of it.
    Raises as `measure` does."""
    track, threads = source.sounds[0], str(settings.FFMPEG_THREADS)
    chain = f"{sound.filters(loudness.gain, is_limited=loudness.is_limited)},{fit.filters()}"
    goes_on = ("-output_ts_offset", f"{fit.clock:.6f}") if fit.clock else ()
    ffmpeg.run(
        [
            *("-threads", threads, "-vn", *ffmpeg.film(path, demuxer=source.demuxer)),
            *("-map", f"0:{track.stream}", "-filter:a:0", chain, "-c:a", "aac", "-b:a", f"{ladder.AUDIO_KBPS}k"),
            *(*ladder.PLAIN, "-threads", threads),
            *ladder.into_segments(
                [f"a:0,name:{ladder.AUDIO_NAME}"], pieces.FLAGS if fit.clock else (), goes_on, seconds=fit.segment
            ),
        ],
        timeout=ffmpeg.LEAST_SECONDS + source.duration + fit.length,
        cwd=output,
        pulse=beat,
    )
    made = encode.describe_sounds(_alone(source))[0]
    folder = output / made["name"]
    encode.drop_tail(folder)
    _length, peak, average = encode.measure_rendition(folder)
    return {**made, "peak": peak, "average": average}


def _alone(source: Source) -> Source:
    """Its first track, and nothing else that it holds."""
    return replace(source, sounds=source.sounds[:1])
