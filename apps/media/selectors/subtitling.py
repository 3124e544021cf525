"""Words to a film: the texts that came inside it, and those that other rooms publish."""

import hashlib
import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language_info

from apps.media import registry
from apps.media.models import Asset, Encoding
from apps.media.registry import Missing, store

MAP = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"
"""Says that the words' clock and the film's begin together (RFC 8216, 3.5)."""
CUE = re.compile(r"^((?:\d+:)?\d\d:\d\d\.\d{3})[ \t]+-->[ \t]+((?:\d+:)?\d\d:\d\d\.\d{3})(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Subtitle:
    """One language's WebVTT; `mark` is its name in addresses, and stays while others come and go."""

    mark: str
    language: str
    title: str
    url: str


def subtitles_of(asset: Asset) -> list[Subtitle]:
    found = []
    for number, one in enumerate(asset.encoding.captions if asset.encoding else ()):
        url = reverse("media:captions", args=[asset.event.slug, asset.key, number])
        found.append(Subtitle(f"film-{number}", one["language"], name_of(one["language"]), url))
    for language, title, url in registry.subtitles(asset):
        mark = hashlib.sha256(url.encode()).hexdigest()[:12]
        found.append(Subtitle(mark, language, title or name_of(language), url))
    return found


def caption_file(encoding: Encoding, number: int) -> bytes | None:
    """WebVTT; None where there is no such track."""
    if not 0 <= number < len(encoding.captions):
        return None
    name = f"{encoding.folder}/{encoding.captions[number]['file']}"
    try:
        return store().read(name, 0, store().size(name))
    except Missing:
        return None


def name_of(language: str) -> str:
    """In the language itself, since a playlist is the same for all readers; `CC` where it is not known."""
    try:
        return str(get_language_info(language)["name_local"]).capitalize()
    except KeyError:
        return language or "CC"


def mapped(text: str, *, begins: float = 0.0) -> str:
    """WebVTT with the line that HLS asks of its head, where it has none; `begins` is the film's clock at their 0:00."""
    if "X-TIMESTAMP-MAP" in text.partition("\n\n")[0]:
        return text
    head, line, rest = text.partition("\n")
    return f"{head}\n{MAP.replace('MPEGTS:0', f'MPEGTS:{round(begins * 90000)}')}{line}{rest}"


def unmapped(text: str) -> str:
    return re.sub(r"\r?\nX-TIMESTAMP-MAP=[^\r\n]*", "", text, count=1)


def cut(text: str, begins: float, ends: float, *, shift: float = 0.0) -> str:
    """The cues of those seconds, each `shift` seconds earlier, as WebVTT of their own; head, styles and notes stay."""
    kept = []
    head, *blocks = re.split(r"\n\n+", text.replace("\r\n", "\n").strip())
    for block in blocks:
        time = CUE.search(block)
        if time is None:
            kept.append(block)
            continue
        first, last = seconds(time[1]), seconds(time[2])
        if first < ends and last > begins:
            said = f"{clock_of(max(0.0, first - shift))} --> {clock_of(last - shift)}{time[3]}"
            kept.append(f"{block[: time.start()]}{said}{block[time.end() :]}")
    return "\n\n".join([head, *kept]) + "\n"


def seconds(written: str) -> float:
    hours, minutes, rest = f"0:{written}".rsplit(":", 2)
    return int(hours.rpartition(":")[2] or 0) * 3600 + int(minutes) * 60 + float(rest)


def clock_of(seconds: float) -> str:
    whole = round(seconds * 1000)
    hours, rest = divmod(whole, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
