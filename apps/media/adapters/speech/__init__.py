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
    """What is to be written: where it lies in storage, what it is, and ways to have its sound alone."""

    name: str
    content_type: str
    size: int
    fetch: Callable[[], Path]
    """As 16 kHz WAV on this machine."""
    lend: Callable[[], str]
    """The same in storage for a while, for a service that takes no such file or none so large; gives its name there."""


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


def hears_along() -> bool:
    """Whether there is a machine for what is said at this moment: the one on this disk."""
    return engine() == "whisper"


def hear(path: Path, *, language: str, beat: Beat) -> list[Cue]:
    """What is said in some seconds of 16 kHz WAV; `beat` as of `transcribe`. Raises `SpeechError`."""
    from apps.media.adapters.speech import whisper  # noqa: PLC0415

    return whisper.transcribe(path, language=language, beat=beat)


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
