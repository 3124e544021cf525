"""Playlists of live streams (RFC 8216bis): cheap for any number of viewers who ask every two seconds.

Who may watch is asked once, at the master; the addresses of rungs in it are signed, and for a while the same for all.
A rung's text is made once for each new segment, from what was made for the last one, and kept in the cache; a request
for it costs one round trip to the cache and nothing else.
"""

import time
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.urls import reverse

from apps.media.models import Segment, Stream
from apps.media.registry import WINDOW_SECONDS, store
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
    text: str


def live_master(stream: Stream) -> str | None:
    """None before the first picture."""
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
        lines += [f"#EXT-X-STREAM-INF:{','.join(facts)}", _rung_url(stream.key, rung["name"])]
    return "\n".join(lines) + "\n"


def _rung_url(key: str, rung: str) -> str:
    return reverse("media:live-rung", args=[signature_of(rung_mark(key, rung)), key, rung])


def rung_mark(key: str, rung: str) -> str:
    """What the signature in a rung's address is of: a name that there is not is refused before anything is asked."""
    return f"{key}/{rung}"


def live_rung(key: str, rung: str, *, shortened: bool) -> str | None:
    """A rung's playlist; None where there is none. `shortened` leaves out what a player has already. Raises
    `BeingMade`."""
    mark_name, text_name = mark_of(key), _place("short" if shortened else "text", key, rung)
    found: dict[str, Any] = cache.get_many([mark_name, text_name])
    mark: str | None = found.get(mark_name)
    kept: Kept | None = found.get(text_name)
    window = int(time.time()) // (WINDOW_SECONDS // 4)
    if kept is not None and kept.mark == mark and kept.window == window:
        return kept.text

    def make() -> Kept | None:
        made = _make(key, rung, window)
        return made[shortened] if made else None

    kept = made_by_one(_place("making", key, rung), kept, make)
    return kept.text if kept else None


def _place(what: str, key: str, rung: str) -> str:
    return f"media.live.{what}.{key}.{rung}"


def mark_of(key: str) -> str:
    return f"media.live.mark.{key}"


def note_mark(stream: Stream) -> None:
    """Called with the row as it is now, whenever a segment came or the stream began or ended: what was made before is
    old."""
    cache.set(mark_of(stream.key), _mark(stream), KEPT_SECONDS)


def _mark(stream: Stream) -> str:
    return f"{stream.segments}.{stream.state}"


def _make(key: str, rung: str, window: int) -> tuple[Kept, Kept] | None:
    """The whole playlist and the shortened one, made of what was kept of the last ones and of what came since."""
    stream = Stream.objects.filter(key=key).first()
    if stream is None or stream.last_segment_at is None or all(known["name"] != rung for known in stream.rungs):
        return None
    place = _place(f"entries.{window}", key, rung)
    known: list[Entry] = [entry for entry in cache.get(place) or [] if entry.number < stream.segments]
    begins = stream.last_segment_at - timedelta(seconds=stream.dvr_seconds)
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
    if not entries:
        return None
    mark, is_over = _mark(stream), stream.state == Stream.State.ENDED
    # Only where none is there: whoever wrote a newer one meanwhile is right.
    cache.add(mark_of(key), mark, KEPT_SECONDS)
    whole = Kept(mark, window, _written(entries, 0, is_over))
    short = Kept(mark, window, _written(entries, _skipped(entries), is_over))
    made = {place: entries, _place("text", key, rung): whole, _place("short", key, rung): short}
    cache.set_many(made, KEPT_SECONDS)
    return whole, short


def _entry(segment: Segment, rung: str) -> Entry:
    sign = store().urls(f"{segment.take.folder}/{rung}")
    moment = segment.at.isoformat(timespec="milliseconds")
    lines = f"#EXT-X-PROGRAM-DATE-TIME:{moment}\n#EXTINF:{segment.seconds:.6f},\n{sign(segment.name)}"
    return Entry(segment.number, segment.stretch, segment.seconds, sign("init.mp4"), lines)


def _target(entries: list[Entry]) -> int:
    return max(TARGET_SECONDS, round(max(entry.seconds for entry in entries)))


def _skipped(entries: list[Entry]) -> int:
    kept, least = 0.0, SKIP_UNTIL * _target(entries)
    for count, entry in enumerate(reversed(entries)):
        if kept >= least:
            return len(entries) - count
        kept += entry.seconds
    return 0


def _written(entries: list[Entry], skipped: int, is_over: bool) -> str:
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
