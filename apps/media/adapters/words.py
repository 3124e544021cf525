"""Files of transcripts in every form: which one a file is, and how it is written."""

from collections.abc import Iterable, Iterator

from apps.media.adapters import srt, webvtt
from apps.media.adapters.cues import Cue, Said

TYPES = {
    "vtt": "text/vtt; charset=utf-8",
    "srt": "application/x-subrip; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


def read(content: bytes) -> list[Cue]:
    """Of a WebVTT or SRT file: its content says which. Raises `Refused`, which says in which line what is wrong."""
    return webvtt.read(content) if webvtt.is_webvtt(content) else srt.read(content)


def write(cues: Iterable[Said], form: str) -> Iterator[str]:
    """In pieces; `form` is one of `TYPES`."""
    return {"vtt": webvtt.write, "srt": srt.write, "txt": _plain}[form](cues)


def _plain(cues: Iterable[Said]) -> Iterator[str]:
    """To be read: a paragraph for each turn of a speaker."""
    speaker: str | None = None
    for cue in cues:
        if speaker is None or cue.speaker != speaker:
            yield "" if speaker is None else "\n\n"
            yield f"{cue.speaker}:\n" if cue.speaker else ""
        else:
            yield "\n"
        speaker = cue.speaker
        yield cue.text
    yield "\n"
