"""Reads and writes HLS playlists (RFC 8216): the one writer, for films, what plays as live, recordings and stages."""

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SOUNDS = "sound"
WORDS = "words"
DESCRIBES = "public.accessibility.describes-video"
SKIP_TARGETS = 6
"""So many target durations from its end a playlist is always written out (8216bis, 4.4.3.8: six at least)."""
_NO_LANGUAGE = re.compile(r"[^A-Za-z0-9-]")
_URI = re.compile(r'URI="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Segment:
    """Some seconds of one rendition; `name` and `init` are names in storage, or addresses."""

    name: str
    seconds: float
    init: str = ""
    is_cut: bool = False
    """Does not go on from the one before it (EXT-X-DISCONTINUITY)."""
    date: datetime | None = None
    """When its first second was."""


@dataclass(frozen=True)
class MediaList:
    """A media playlist. `sequence` and `cuts_before` count what was listed before the first segment and is gone."""

    segments: Sequence[Segment]
    target: int
    """No segment is longer, rounded; the same for all renditions (6.2.4)."""
    kind: str = "VOD"
    """VOD, EVENT (only grows), or empty where it moves on."""
    is_ended: bool = True
    sequence: int = 0
    cuts_before: int = 0
    starts: float = 0.0
    """Where a player begins, in seconds from the first segment."""
    skipped: int = 0
    """So many of the first segments the reader has already (a delta update, 8216bis 6.2.5.1)."""


@dataclass(frozen=True)
class Rendition:
    """A sound or words that one may choose beside the picture; `uri` is empty where it lies in the variant itself."""

    kind: str
    title: str
    language: str = ""
    uri: str = ""
    is_default: bool = False
    is_description: bool = False
    channels: int = 0


@dataclass(frozen=True)
class Master:
    """`rungs` as `models.Encoding` keeps them; `sounds` with their rates, and `words`."""

    rungs: Sequence[dict[str, Any]]
    sounds: Sequence[dict[str, Any]] = ()
    words: Sequence[Rendition] = ()


def read_segments(text: str, folder: str) -> list[Segment]:
    """The segments of a playlist that we stored in that folder, their names as storage knows them."""
    found: list[Segment] = []
    seconds, init, is_cut, date = 0.0, "", False, None
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXTINF":
            seconds = float(value.partition(",")[0])
        elif name == "#EXT-X-MAP" and (uri := _URI.search(value)):
            init = posixpath.normpath(f"{folder}/{uri[1]}")
        elif name == "#EXT-X-DISCONTINUITY":
            is_cut = True
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            date = datetime.fromisoformat(value)
        elif line and not line.startswith("#"):
            found.append(Segment(posixpath.normpath(f"{folder}/{line}"), seconds, init, is_cut, date))
            is_cut, date = False, None
    return found


def read_start(text: str) -> float:
    """Where a stored playlist asks players to begin."""
    found = re.search(r"^#EXT-X-START:.*?TIME-OFFSET=(-?[0-9.]+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def target_of(renditions: Iterable[Sequence[Segment]], *, least: int = 1) -> int:
    """The target duration that all renditions share: the longest segment, rounded as 4.3.3.1 does."""
    return max([least, *(int(one.seconds + 0.5) for segments in renditions for one in segments)])


def write_media(found: MediaList, sign: Callable[[str], str]) -> str:
    """`sign` makes the address of a segment or of its beginning from its name."""
    lines, init = _head(found), ""
    for one in found.segments[found.skipped :]:
        if one.is_cut:
            lines.append("#EXT-X-DISCONTINUITY")
        if one.init and (one.init != init or one.is_cut):
            lines.append(f'#EXT-X-MAP:URI="{sign(one.init)}"')
            init = one.init
        if one.date:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{written(one.date)}")
        lines += [f"#EXTINF:{one.seconds:.6f},", sign(one.name)]
    if found.is_ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _head(found: MediaList) -> list[str]:
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{9 if found.skipped else 7}",
        f"#EXT-X-TARGETDURATION:{found.target}",
        f"#EXT-X-MEDIA-SEQUENCE:{found.sequence}",
    ]
    if found.cuts_before:
        lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{found.cuts_before}")
    if found.kind:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{found.kind}")
    lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if not found.is_ended:
        facts = f"CAN-SKIP-UNTIL={SKIP_TARGETS * found.target}.0,HOLD-BACK={3 * found.target}.0"
        lines.append(f"#EXT-X-SERVER-CONTROL:{facts}")
    if found.starts:
        lines.append(f"#EXT-X-START:TIME-OFFSET={found.starts:.3f},PRECISE=YES")
    if found.skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={found.skipped}")
    return lines


def written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _beside(name: str) -> str:
    return f"{name}.m3u8"


def write_master(found: Master, url: Callable[[str], str] = _beside) -> str:
    """The variants are the picture rungs and, for whoever saves data, the first sound alone. Every sound and all words
    go with each of them, so that a choice outlives a change of rung. `url` makes the address of a rung or a sound from
    its name."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    is_group = bool(found.sounds) and (bool(found.rungs) or len(found.sounds) > 1)
    renditions = _sounds(found.sounds, url, has_picture=bool(found.rungs)) if is_group else []
    lines += [_media(one) for one in _told_apart([*renditions, *found.words])]
    beside = f',AUDIO="{SOUNDS}"' if is_group else ""
    beside += f',SUBTITLES="{WORDS}"' if found.words else ""
    for rung in found.rungs:
        facts = f"RESOLUTION={rung['width']}x{rung['height']},FRAME-RATE={rung['fps']:.3f}"
        lines += [f"#EXT-X-STREAM-INF:{_rates([rung], found.sounds)},{facts}{beside}", url(rung["name"])]
    if found.sounds:
        alone = f"#EXT-X-STREAM-INF:{_rates([], found.sounds)}{beside}"
        lines += [alone, url(found.sounds[0]["name"])]
    return "\n".join(lines) + "\n"


def _rates(rungs: Sequence[dict[str, Any]], sounds: Sequence[dict[str, Any]]) -> str:
    """What a player must be able to carry, whichever sound is chosen (4.3.4.2); an average only where all are known."""
    facts = [f"BANDWIDTH={_rate('peak', rungs, sounds)}"]
    if all(one["average"] for one in [*rungs, *sounds]):
        facts.append(f"AVERAGE-BANDWIDTH={_rate('average', rungs, sounds)}")
    codecs = ",".join(dict.fromkeys(one["codecs"] for one in [*rungs, *sounds]))
    return ",".join([*facts, f'CODECS="{codecs}"'])


def _rate(name: str, rungs: Sequence[dict[str, Any]], sounds: Sequence[dict[str, Any]]) -> int:
    return sum(int(rung[name]) for rung in rungs) + max((int(sound[name]) for sound in sounds), default=0)


def _sounds(sounds: Sequence[dict[str, Any]], url: Callable[[str], str], *, has_picture: bool) -> list[Rendition]:
    return [
        Rendition(
            "AUDIO",
            sound.get("title") or "Sound",
            sound.get("language", ""),
            # Where there is no picture, the first sound is the variant itself.
            url(sound["name"]) if has_picture or number else "",
            is_default=number == 0,
            is_description=sound.get("role") == "description",
            channels=sound.get("channels") or 2,
        )
        for number, sound in enumerate(sounds)
    ]


def _told_apart(renditions: Sequence[Rendition]) -> list[tuple[Rendition, str, bool]]:
    """Each with a name that its group has once, and whether a player may choose it by itself: of two that it could not
    tell apart, the first (4.3.4.1.1)."""
    found, names, choices = [], set(), set()
    for one in renditions:
        title = re.sub(r'["\r\n\x00-\x1f\x7f]', "", one.title).strip() or one.language or one.kind.capitalize()
        name, number = title, 1
        while (one.kind, name) in names:
            number += 1
            name = f"{title} {number}"
        names.add((one.kind, name))
        choice = (one.kind, one.language, one.is_description)
        found.append((one, name, choice not in choices))
        choices.add(choice)
    return found


def _media(told: tuple[Rendition, str, bool]) -> str:
    one, name, is_chosen = told
    group = SOUNDS if one.kind == "AUDIO" else WORDS
    facts = [f"TYPE={one.kind}", f'GROUP-ID="{group}"', f'NAME="{name}"']
    if one.language:
        facts.append(f'LANGUAGE="{_NO_LANGUAGE.sub("", one.language)}"')
    facts += [f"DEFAULT={_yes(one.is_default)}", f"AUTOSELECT={_yes(is_chosen or one.is_default)}"]
    if one.kind == "SUBTITLES":
        facts.append("FORCED=NO")
    if one.is_description:
        facts.append(f'CHARACTERISTICS="{DESCRIBES}"')
    if one.channels:
        facts.append(f'CHANNELS="{one.channels}"')
    if one.uri:
        facts.append(f'URI="{one.uri}"')
    return f"#EXT-X-MEDIA:{','.join(facts)}"


def _yes(is_so: bool) -> str:
    return "YES" if is_so else "NO"
