"""Speech to text behind one call, whichever machine does it: a model on this disk, or Amazon Transcribe."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.media.adapters.cues import Cue

Beat = Callable[[float], None]
"""Called with the seconds of sound that are written; may raise to stop."""


class SpeechError(Exception):
    """It cannot be done, and trying again would fail alike; `reason` is a code of `selectors.WORD_REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sound:
    """What is to be written: where it lies in storage, what it is, and a way to have it here."""

    name: str
    content_type: str
    fetch: Callable[[], Path]


@dataclass(frozen=True, slots=True)
class Heard:
    """The lines; or None while a service elsewhere is at work, which calls it `remote`."""

    cues: list[Cue] | None
    remote: str = ""


def engine() -> str:
    """`whisper`, `amazon`, or empty where no machine is configured."""
    if settings.WHISPER_MODEL and importlib.util.find_spec("faster_whisper"):
        return "whisper"
    return "amazon" if settings.AMAZON_SPEECH and settings.AWS_STORAGE_BUCKET_NAME else ""


def transcribe(sound: Sound, *, language: str, mark: str, remote: str, beat: Beat) -> Heard:
    """Writes what is said. `mark` names the work, and is the same when it is tried again; `remote` is what an earlier
    call gave. Raises `SpeechError`, and whatever `beat` raises to stop."""
    chosen = engine()
    if remote or chosen == "amazon":
        from apps.media.adapters.speech import amazon  # noqa: PLC0415 - boto3 takes a second to import

        return amazon.transcribe(sound, language=language, mark=mark, remote=remote)
    if chosen == "whisper":
        from apps.media.adapters.speech import whisper  # noqa: PLC0415

        return Heard(whisper.transcribe(sound.fetch(), language=language, beat=beat))
    raise SpeechError("speech-none")
