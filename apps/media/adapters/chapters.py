"""Chapters as they are written elsewhere: WebVTT, or lines that begin with a time."""

import re
from typing import NamedTuple

MOST_BYTES = 200_000
_TIME = r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?"
_CUE = re.compile(rf"{_TIME}\s+-->")
_LINE = re.compile(rf"{_TIME}[\s\-–—:.]+(\S.*)")
_TAG = re.compile(r"<[^<>]*>")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}


class Unread(Exception):
    """A line that is no chapter; `line` counts from one."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Found(NamedTuple):
    begins: float
    title: str


def read(text: str) -> list[Found]:
    """The chapters of a WebVTT file (its cues), or one a line: `1:02:03 What comes then`. Raises `Unread`."""
    text = text.removeprefix("\ufeff")
    return _cues(text) if text.startswith("WEBVTT") else _lines(text)


def written(chapters: list[Found]) -> str:
    """The lines that `read` takes."""
    return "\n".join(f"{time(chapter.begins)} {chapter.title}" for chapter in chapters)


def time(seconds: float) -> str:
    """As people write it: 2:05, or 1:02:05; with its milliseconds where it has any."""
    whole, rest = divmod(round(seconds * 1000), 1000)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    said = f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
    return f"{said}.{rest:03}".rstrip("0") if rest else said


def _lines(text: str) -> list[Found]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            raise Unread(number)
        found.append(Found(_seconds(parts, number), " ".join(parts[5].split())))
    return found


def _cues(text: str) -> list[Found]:
    """Notes, styles and settings of cues are no chapters; a cue's lines are one title."""
    found = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        begins = _CUE.match(lines[at].strip())
        at += 1
        if begins is None:
            if "-->" in lines[at - 1]:
                raise Unread(at)
            continue
        number, words = at, []
        while at < len(lines) and lines[at].strip():
            words.append(lines[at])
            at += 1
        found.append(Found(_seconds(begins, number), _plain(" ".join(words))))
    return found


def _plain(words: str) -> str:
    words = _TAG.sub("", words)
    for written_as, meant in _ENTITIES.items():
        words = words.replace(written_as, meant)
    return " ".join(words.split())


def _seconds(parts: "re.Match[str]", line: int) -> float:
    hours, minutes, seconds = int(parts[1] or 0), int(parts[2]), int(parts[3])
    if seconds > 59 or (parts[1] and minutes > 59):
        raise Unread(line)
    whole = hours * 3600 + minutes * 60 + seconds
    return (whole * 1000 + int((parts[4] or "0").ljust(3, "0"))) / 1000
