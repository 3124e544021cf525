"""WebVTT (https://www.w3.org/TR/webvtt1/), read forgivingly and written strictly."""

import html
import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from apps.media.adapters.cues import Cue, Said, clock, decode, refusal, tidy, timing

HEAD = "WEBVTT"
_SKIPPED = re.compile(r"(NOTE|STYLE|REGION)(\s.*)?")
# No part of a pattern takes what the next one could, and none reads past the beginning of another tag: a file of
# nothing but beginnings is read once, and not once for each of them.
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[0-9:.]+>|</>")


def is_webvtt(content: bytes) -> bool:
    return content.removeprefix(b"\xef\xbb\xbf").startswith(HEAD.encode())


def read(content: bytes) -> list[Cue]:
    """Voices become speakers; other tags, settings, notes and styles are dropped. Raises `Refused`."""
    lines = decode(content).split("\n")
    if not lines[0].startswith(HEAD):
        raise refusal(_("Line 1: a WebVTT file begins with the word WEBVTT. Is it the right file?"))
    return tidy(_cues(lines))


def _cues(lines: list[str]) -> Iterator[tuple[int, Cue]]:
    at = 0
    while at < len(lines):
        if _SKIPPED.fullmatch(lines[at].strip()) or at == 0:
            while at < len(lines) and lines[at].strip() and not (at and "-->" in lines[at]):
                at += 1
        times = timing(lines[at], at + 1) if at < len(lines) else None
        at += 1
        if times is None:
            continue
        number, words = at, []
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            words.append(lines[at])
            at += 1
        for speaker, text in voices("\n".join(words)):
            yield number, Cue(*times, text, speaker)


def voices(payload: str) -> Iterator[tuple[str, str]]:
    """Who speaks, and what: a cue may hold several voices."""
    speaker, begin = "", 0
    for found in _VOICE.finditer(payload):
        if payload[begin : found.start()].strip():
            yield speaker, _plain(payload[begin : found.start()])
        speaker, begin = html.unescape((found.group(1) or "").strip()), found.end()
    yield speaker, _plain(payload[begin:])


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text))


def write(cues: Iterable[Said]) -> Iterator[str]:
    """The file in pieces."""
    yield f"{HEAD}\n"
    for cue in cues:
        voice = f"<v {_escape(cue.speaker)}>" if cue.speaker else ""
        yield f"\n{clock(cue.begins, '.')} --> {clock(cue.ends, '.')}\n{voice}{_escape(cue.text)}\n"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
