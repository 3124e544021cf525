"""What caption files of every kind are made of: timed lines, how their text is cleaned, and the bounds of a file."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_MS = 12 * 60 * 60 * 1000
MOST_TEXT = 2000
MOST_SPEAKER = 100

_TIME = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{2})(?:[.,]([0-9]{1,3}))?")
_SECONDS = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,3}))?")
_TIMING = re.compile(rf"\s*({_TIME.pattern})\s*-->\s*({_TIME.pattern})(?:\s.*)?")


class Said(Protocol):
    """What writers are given: a cue, or a line of a transcript."""

    @property
    def begins(self) -> int: ...
    @property
    def ends(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def speaker(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cue:
    """One line that is said: from when to when, in milliseconds, by whom (empty where nobody says), and the words."""

    begins: int
    ends: int
    text: str
    speaker: str = ""


def refusal(words: "str | _StrPromise", **values: object) -> Refused:
    return Refused("transcript.file", words, values=values, field="file", status=422)


def decode(content: bytes) -> str:
    """The text of a file, its line ends alike. Refuses what is too large, and what is not UTF-8."""
    if len(content) > MOST_BYTES:
        raise refusal(_("This file is larger than 5 MB. Transcripts of whole days are smaller: is it the right file?"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        words = _("Line %(line)s: this file is not written in UTF-8. Save it again as UTF-8 and send that.")
        raise refusal(words, line=line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def timing(line: str, number: int) -> tuple[int, int] | None:
    """From when to when, in milliseconds; None where the line says no times. Raises `Refused` where they cannot
    be."""
    if "-->" not in line:
        return None
    found = _TIMING.fullmatch(line)
    if found is None:
        raise refusal(
            _("Line %(line)s: these times cannot be read. They look like 00:01:02.500 --> 00:01:04.000."), line=number
        )
    parts = found.groups()
    begins, ends = _milliseconds(parts[1:5]), _milliseconds(parts[6:10])
    if ends < begins:
        raise refusal(_("Line %(line)s: the end comes before the beginning. Set the times right."), line=number)
    if ends > MOST_MS:
        raise refusal(_("Line %(line)s: this is later than 12 hours, which is the most. Split the file."), line=number)
    return begins, ends


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((thousandths or "").ljust(3, "0"))


def clock(ms: int, mark: str) -> str:
    """01:02:03.456, with this mark before the thousandths."""
    seconds, thousandths = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"


def clean(text: str) -> str:
    """As lines keep their words: without what is not seen, and without empty lines, which would end a cue."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in _UNSEEN)
    return "\n".join(filter(None, (" ".join(line.split()) for line in seen.split("\n"))))


_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}


def clean_name(name: str) -> str:
    return clean(name).replace("\n", " ")[:MOST_SPEAKER].strip()


def tidy(found: Iterable[tuple[int, Cue]]) -> list[Cue]:
    """The cues (each with the number of its line in the file) in the order of their times; those without words are left
    out. Raises `Refused` past the bounds."""
    kept: list[Cue] = []
    for number, cue in found:
        text, speaker = clean(cue.text), clean_name(cue.speaker)
        if not text:
            continue
        if len(text) > MOST_TEXT:
            words = _("Line %(line)s: this one text is longer than %(most)s characters. Split it into several.")
            raise refusal(words, line=number, most=MOST_TEXT)
        if len(kept) == MOST_LINES:
            raise refusal(
                _("Line %(line)s: there are more than %(most)s texts in this file. Split the file."),
                line=number,
                most=MOST_LINES,
            )
        kept.append(replace(cue, text=text, speaker=speaker))
    if not kept:
        raise refusal(_("There is no text with times in this file. Send a WebVTT or SRT file."))
    return sorted(kept, key=lambda cue: cue.begins)


def milliseconds(text: str) -> int | None:
    """Of a time that somebody typed (1:02:03.5, 2:03, 03.5); None where it is none."""
    plain = text.strip().replace(",", ".")
    if found := _SECONDS.fullmatch(plain):
        return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
    clocked = _TIME.fullmatch(plain)
    value = _milliseconds(clocked.groups()) if clocked else None
    return value if value is not None and value <= MOST_MS else None
