"""SubRip (SRT): the oldest caption files, which nobody ever wrote down; read as they are met, written plainly."""

from collections.abc import Iterable, Iterator

from apps.media.adapters.cues import Cue, Said, clock, decode, tidy, timing
from apps.media.adapters.webvtt import voices


def read(content: bytes) -> list[Cue]:
    """Numbers and tags are dropped, and may be missing. Raises `Refused`, which says where."""
    return tidy(_cues(decode(content).split("\n")))


def _cues(lines: list[str]) -> Iterator[tuple[int, Cue]]:
    at = 0
    while at < len(lines):
        times = timing(lines[at], at + 1)
        at += 1
        if times is None:
            continue
        number, words = at, []
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            words.append(lines[at])
            at += 1
        if at < len(lines) and "-->" in lines[at] and words and words[-1].strip().isdecimal():
            words.pop()  # the number of the next one, where no empty line stands before it
        for speaker, text in voices("\n".join(words)):
            yield number, Cue(*times, text, speaker)


def write(cues: Iterable[Said]) -> Iterator[str]:
    """The file in pieces. The format knows no speakers: a name stands before the words."""
    for number, cue in enumerate(cues, start=1):
        said = f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text
        times = f"{clock(cue.begins, ',')} --> {clock(cue.ends, ',')}"
        yield f"{number}\n{times}\n{said.replace('-->', '→')}\n\n"
