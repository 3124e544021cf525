"""Speech to text by faster-whisper, where it is installed, with a model that lies on this disk."""

import importlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.media.adapters.cues import MOST_MS, MOST_TEXT, Cue, clean
from apps.media.adapters.speech import Beat, SpeechError

THREADS = 1
"""A worker has one core; more workers do more."""


@lru_cache(maxsize=1)
def model(path: str) -> Any:
    if not Path(path).is_dir():
        raise SpeechError("speech-none", f"there is no model at {path}")
    library: Any = importlib.import_module("faster_whisper")
    # Nothing is fetched: a name of a model that does not lie there would be looked for elsewhere.
    return library.WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True)


def transcribe(path: Path, *, language: str, beat: Beat, load: Callable[[str], Any] = model) -> list[Cue]:
    segments, _facts = load(settings.WHISPER_MODEL).transcribe(
        str(path), language=language.partition("-")[0], vad_filter=True, condition_on_previous_text=False
    )
    found = []
    for segment in segments:
        beat(segment.end)
        begins, ends = round(segment.start * 1000), round(segment.end * 1000)
        if (text := clean(segment.text)[:MOST_TEXT]) and 0 <= begins <= ends <= MOST_MS:
            found.append(Cue(begins, ends, text))
    return found
