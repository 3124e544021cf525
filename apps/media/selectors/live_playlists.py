"""Playlists of live streams (RFC 8216bis): cheap for any number of viewers who ask every two seconds.

Who may watch is asked once, at the master; the addresses of rungs in it are signed, and for a while the same for all.
There are two of them: in the one for a stage's people stands nothing of before the stage showed it, and nothing at all
while it does not; the other is for whoever looks behind the stage.
A rung's text is made once for each new segment, from what was made for the last one, and kept in the cache; a request
for it costs one round trip to the cache and nothing else.
"""

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.urls import reverse

from apps.media.models import Segment, Stream
from apps.media.registry import WINDOW_SECONDS, shown_since, store
from apps.media.selectors.shared import made_by_one
from apps.media.selectors.signatures import signature_of

TARGET_SECONDS = 2
SKIP_UNTIL = 6
"""Target durations from the end that a shortened playlist always holds (RFC 8216bis, 4.4.3.8)."""
KEPT_SECONDS = 60 * 60
SOUND_BITS = 136_000
"""With its frames' heads."""
PEAK, AVERAGE = 1.5, 1.1
"""Of what a rung's encoder may give out: its buffer holds a second, a segment has two, and MP4 takes its part."""
ASKED_SECONDS = 2.0
"""So often it is asked whether the stage shows it."""
ASKING_SECONDS = 2


class Entry(NamedTuple):
    """One segment, ready to be written down."""

    number: int
    stretch: int
    seconds: float
    map: str
    lines: str


class Kept(NamedTuple):
    """A playlist that was made, and of what."""

    mark: str
    window: int
    since: datetime | None
    text: str


class Shown(NamedTuple):
    """Since when the stage has shown it (None: it does not), as it was asked at that second."""

    since: datetime | None
    asked: float


def live_master(stream: Stream, *, is_behind: bool = False) -> str | None:
    """None before the first picture. `is_behind`: for whoever may look at it whatever the stage shows."""
    if not stream.segments or not stream.rungs:
        return None
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung in stream.rungs:
        bits = rung["kbps"] * 1000
        peak, average = round(bits * PEAK + SOUND_BITS), round(bits * AVERAGE + SOUND_BITS)
        facts = [f"BANDWIDTH={peak}", f"AVERAGE-BANDWIDTH={average}", f'CODECS="{rung["codecs"]}"']
        facts.append(f"RESOLUTION={rung['width']}x{rung['height']}")
        if rung["fps"]:
            facts.append(f"FRAME-RATE={rung['fps']:.3f}")
        lines += [f"#EXT-X-STREAM-INF:{','.join(facts)}", _rung_url(stream.key, rung["name"], is_behind)]
    return "\n".join(lines) + "\n"


def _rung_url(key: str, rung: str, is_behind: bool) -> str:
    signature = signature_of(rung_mark(key, rung, is_behind=is_behind))
    return reverse("media:live-rung", args=[signature, key, rung])


def rung_mark(key: str, rung: str, *, is_behind: bool) -> str:
    """What the signature in a rung's address is of: a name that there is not is refused before anything is asked."""
    return f"{key}/{rung}/behind" if is_behind else f"{key}/{rung}"


def live_rung(key: str, rung: str, *, shortened: bool, is_behind: bool = False) -> str | None:
    """A rung's playlist; None where there is none, and while no stage shows it. Empty where one does, and no segment
    has come since. `shortened` leaves out what a player has already. Raises `BeingMade`."""
    look = "behind" if is_behind else ""
    mark_name, shown_name = mark_of(key), f"media.live.shown.{key}"
    text_name = _place("short" if shortened else "text", key, rung, look)
    found: dict[str, Any] = cache.get_many([mark_name, shown_name, text_name])
    since = None if is_behind else _shown_since(key, shown_name, found.get(shown_name))
    if since is None and not is_behind:
        return None
    mark: str | None = found.get(mark_name)
    kept: Kept | None = found.get(text_name)
    if kept is not None and kept.since != since:
        kept = None
    window = int(time.time()) // (WINDOW_SECONDS // 4)
    if kept is not None and kept.mark == mark and kept.window == window:
        return kept.text

    def make() -> Kept | None:
        made = _make(key, rung, window, look, since)
        return made[shortened] if made else None

    kept = made_by_one(_place("making", key, rung, look), kept, make)
    return kept.text if kept else None


def _shown_since(key: str, name: str, known: Shown | None) -> datetime | None:
    """One asks at a time; the others go by what was the last answer."""
    now = time.time()
    if known and (now - known.asked < ASKED_SECONDS or not cache.add(f"{name}.asking", 1, ASKING_SECONDS)):
        return known.since
    stream = Stream.objects.filter(key=key).first()
    since = shown_since(stream) if stream else None
    cache.set(name, Shown(since, now), KEPT_SECONDS)
    cache.delete(f"{name}.asking")
    return since


def _place(what: str, key: str, rung: str, look: str) -> str:
    return f"media.live.{what}{look}.{key}.{rung}"


def mark_of(key: str) -> str:
    return f"media.live.mark.{key}"


def note_mark(stream: Stream) -> None:
    """Called with the row as it is now, whenever a segment came or the stream began or ended: what was made before is
    old."""
    cache.set(mark_of(stream.key), _mark(stream), KEPT_SECONDS)


def _mark(stream: Stream) -> str:
    return f"{stream.segments}.{stream.state}"


def _make(key: str, rung: str, window: int, look: str, since: datetime | None) -> tuple[Kept, Kept] | None:
    """The whole playlist and the shortened one, made of what was kept of the last ones and of what came after them."""
    stream = Stream.objects.filter(key=key).first()
    if stream is None or stream.last_segment_at is None or all(known["name"] != rung for known in stream.rungs):
        return None
    place = _place(f"entries.{window}.{since.timestamp() if since else 0}", key, rung, look)
    known: list[Entry] = [entry for entry in cache.get(place) or [] if entry.number < stream.segments]
    begins = stream.last_segment_at - timedelta(seconds=stream.dvr_seconds)
    begins = max(begins, since) if since else begins
    rows = Segment.objects.filter(stream=stream, at__gte=begins, number__lt=stream.segments)
    if known:
        rows = rows.filter(number__gt=known[-1].number)
    came = [_entry(row, rung) for row in rows.select_related("take__stream").order_by("number")]
    if known and came and came[0].number != known[-1].number + 1:
        known = []  # nobody asked for so long that there is a gap
    entries = known + came
    most = sum(entry.seconds for entry in entries) - stream.dvr_seconds
    while len(entries) > 1 and most >= entries[0].seconds:
        most -= entries.pop(0).seconds
    mark, is_over = _mark(stream), stream.state == Stream.State.ENDED
    # Only where none is there: whoever wrote a newer one meanwhile is right.
    cache.add(mark_of(key), mark, KEPT_SECONDS)
    whole = Kept(mark, window, since, _written(entries, 0, is_over))
    short = Kept(mark, window, since, _written(entries, _skipped(entries), is_over))
    made = {place: entries, _place("text", key, rung, look): whole, _place("short", key, rung, look): short}
    cache.set_many(made, KEPT_SECONDS)
    return whole, short


def _entry(segment: Segment, rung: str) -> Entry:
    # Each file by itself: in the folder comes also what the stage does not show.
    folder, sign = f"{segment.take.folder}/{rung}", store().url
    moment = segment.at.isoformat(timespec="milliseconds")
    lines = f"#EXT-X-PROGRAM-DATE-TIME:{moment}\n#EXTINF:{segment.seconds:.6f},\n{sign(f'{folder}/{segment.name}')}"
    return Entry(segment.number, segment.stretch, segment.seconds, sign(f"{folder}/init.mp4"), lines)


def _target(entries: list[Entry]) -> int:
    return max(TARGET_SECONDS, round(max(entry.seconds for entry in entries)))


def _skipped(entries: list[Entry]) -> int:
    if not entries:
        return 0
    kept, least = 0.0, SKIP_UNTIL * _target(entries)
    for count, entry in enumerate(reversed(entries)):
        if kept >= least:
            return len(entries) - count
        kept += entry.seconds
    return 0


def _written(entries: list[Entry], skipped: int, is_over: bool) -> str:
    if not entries:
        return ""
    longest = _target(entries)
    first = entries[0]
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{longest}"]
    lines += [f"#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={SKIP_UNTIL * longest}", f"#EXT-X-MEDIA-SEQUENCE:{first.number}"]
    lines += [f"#EXT-X-DISCONTINUITY-SEQUENCE:{first.stretch}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    last = entries[skipped - 1] if skipped else None
    for entry in entries[skipped:]:
        if last is not None and entry.stretch != last.stretch:
            lines.append("#EXT-X-DISCONTINUITY")
        if last is None or entry.map != last.map:
            lines.append(f'#EXT-X-MAP:URI="{entry.map}"')
        lines.append(entry.lines)
        last = entry
    if is_over:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"
