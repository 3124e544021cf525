"""A recording that plays as live: its addresses, and its playlists as the clock cuts them from the stored ones.

The address says when it plays, and is signed with it: no reader can move the hour. What is due is a function of the
clock alone, so every process writes the same playlist, and nothing is kept but for speed: one reader makes a list when
another segment is due, all others have it in one round trip to the cache. Who may watch is asked once, at the master.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from django.core import signing
from django.core.cache import cache
from django.urls import reverse

from apps.core import clock
from apps.media import registry
from apps.media.models import Asset, Encoding, Line, Transcript
from apps.media.registry import WINDOW_SECONDS, store
from apps.media.selectors import hls, subtitling
from apps.media.selectors.added_sounds import rendition_of, sounds_of
from apps.media.selectors.playlists import (
    renditions_of,
    segments_of,
    target_of,
)
from apps.media.selectors.shared import made_by_one
from apps.media.selectors.signatures import signature_of
from apps.media.selectors.timetables import Plan, Timetable
from apps.media.selectors.transcripts import lines_of, own_language_name, published

SALT = "media.simulive"
WORDS = "words/"
KEPT_SECONDS = 30
"""So long after another segment was due the last list is still handed out while one makes the new one."""
GONE_SECONDS = 5
LEAST_SECONDS = 0.05
PIECE_SECONDS = 10
"""Words that are corrected while they play come so much later."""
LEAST_WINDOW = timedelta(minutes=1)
SAME_HOUR = timedelta(milliseconds=2)
"""An address tells it to the millisecond."""


# Addresses --------------------------------------------------------------------------------------------------------
def simulive_url(
    asset: Asset,
    live_from: datetime,
    loop: bool = False,
    *,
    until: datetime | None = None,
    window: timedelta | None = None,
) -> str:
    """The address of its master playlist as live, the same for all readers; empty while it cannot be played.

    `until` ends it earlier than the film, or ends the loop; `window` is how far one may go back (a minute at least).
    """
    if asset.state != Asset.State.READY or not asset.encoding_id:
        return ""
    plan = sign_plan(asset.key, Plan(live_from, loop, until, window))
    return reverse("media:simulive-master", args=[asset.event.slug, asset.key, plan])


def sign_plan(key: str, plan: Plan) -> str:
    """For that asset alone. No time of signing is in it, so that equal plans have one address."""
    window = round(max(plan.window, LEAST_WINDOW).total_seconds()) if plan.window is not None else 0
    said = [key, _ms(plan.begins), int(plan.loops), _ms(plan.ends) if plan.ends else 0, window]
    return signing.Signer(salt=SALT).sign_object(said, compress=True)


def read_plan(key: str, signed: str) -> Plan:
    """Raises `signing.BadSignature`, for another asset's too."""
    said: list[Any] = signing.Signer(salt=SALT).unsign_object(signed)
    of, begins, loops, ends, window = said
    if of != key:
        raise signing.BadSignature("signed for another film")
    return Plan(
        _moment(begins), bool(loops), _moment(ends) if ends else None, timedelta(seconds=window) if window else None
    )


def is_on_stage(asset: Asset, plan: Plan) -> bool:
    """Whether the film plays by this plan, or may be had anyway: whoever kept the hour that it had before an
    intermission, or before the session was moved, would be ahead of the others. Asked once a second, for all readers
    together."""
    mark = f"media.live.hours.{asset.pk}.{int(clock.now().timestamp())}"
    known: Any = cache.get_or_set(mark, lambda: (registry.hours_of(asset),), 2)
    hours: frozenset[datetime] | None = known[0]
    return hours is None or any(abs(plan.begins - hour) < SAME_HOUR for hour in hours)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


# Playlists --------------------------------------------------------------------------------------------------------
class Address(NamedTuple):
    """What a playlist's address says and its signature is of: the asset's key, the signed plan and the rendition, whose
    name is `words/<name>` of words."""

    key: str
    plan: str
    name: str

    @property
    def mark(self) -> str:
        return "/".join(self)

    @property
    def place(self) -> str:
        return f"media.as-live.{hashlib.sha256(self.mark.encode()).hexdigest()[:32]}"


class Listed(NamedTuple):
    """A playlist as it stands until another segment is due; times in seconds since the epoch."""

    text: str | None
    """Empty while nothing of it is over; None where there is no such film any more, or the stage does not show it at
    this hour."""
    begins: float
    until: float
    window: int
    pieces: int
    """So many segments of the film have been listed."""


def simulive_master(asset: Asset, encoding: Encoding, plan: str) -> str:
    """The master of what plays as live; the addresses in it are signed, and for a while the same for all."""

    def url(name: str) -> str:
        mark = Address(asset.key, plan, name).mark
        return reverse("media:simulive-list", args=[signature_of(mark), asset.key, plan, name])

    spoken = [hls.Rendition("SUBTITLES", one.title, one.language, url(f"{WORDS}{one.name}")) for one in _spoken(asset)]
    return hls.write_master(hls.Master(encoding.rungs, sounds_of(asset, encoding), spoken), url)


def simulive_list(address: Address, *, skips: bool = False) -> Listed:
    """One rendition as it is at this moment. `skips` leaves out what the reader has already (8216bis, 6.2.5.1). Raises
    `BeingMade`, and `BadSignature` where the plan is of another film.

    Only what is listed is signed, and each file by itself: its folder holds what is still to come.
    """
    last: Listed | None = cache.get(_kept_at(address, skips=skips))
    now = clock.now().timestamp()
    if last is not None and now < last.until and last.window == _window(now):
        return last
    return made_by_one(f"{address.place}.making", last, lambda: _make(address)[skips])


def simulive_piece(address: Address, at: int, *, write: Callable[[Iterable[Line]], str]) -> str | None:
    """The WebVTT of one segment of words; None before it is listed. `write` makes it of a transcript's lines. Raises as
    `simulive_list` does."""
    if at >= simulive_list(address).pieces:
        return None
    place = f"{address.place}.{at}"
    known: str | None = cache.get(place)
    if known is not None:
        return known

    def make() -> str:
        asset = _film(address.key)
        spoken = _words(asset, address.name) if asset else None
        if asset is None or asset.encoding is None or spoken is None:
            return ""
        film = asset.encoding
        timetable = _timetable(film, (film, renditions_of(film)[0]), read_plan(address.key, address.plan))
        begins = timetable.begins(at)
        found = spoken.between(begins, begins + timetable.segments[at].seconds)
        text = subtitling.mapped(write(found) if isinstance(found, list) else found or "WEBVTT\n")
        cache.set(place, text, PIECE_SECONDS)
        return text

    return made_by_one(f"{place}.making", None, make) or None


def _kept_at(address: Address, *, skips: bool) -> str:
    return f"{address.place}.{'short' if skips else 'whole'}"


def _window(now: float) -> int:
    return int(now) // WINDOW_SECONDS


def _film(key: str) -> Asset | None:
    return Asset.objects.select_related("encoding").filter(key=key, state=Asset.State.READY).first()


def _words(asset: Asset, name: str) -> "_Spoken | None":
    return next((one for one in _spoken(asset) if f"{WORDS}{one.name}" == name), None)


def _make(address: Address) -> tuple[Listed, Listed]:
    """The whole list and the one that leaves out what a reader has, both kept."""
    asset, plan, now = _film(address.key), read_plan(address.key, address.plan), clock.now()
    found = None
    if asset and asset.encoding and is_on_stage(asset, plan):
        found = _written(asset, asset.encoding, plan, address, now)
    if found is None:
        gone = Listed(None, plan.begins.timestamp(), now.timestamp() + GONE_SECONDS, _window(now.timestamp()), 0)
        found = gone, gone
    seconds = round(min(found[0].until - now.timestamp(), WINDOW_SECONDS)) + KEPT_SECONDS
    cache.set_many({_kept_at(address, skips=skips): found[skips] for skips in (False, True)}, seconds)
    return found


@dataclass(frozen=True)
class _Spoken:
    """Words in one language; `name` is theirs in addresses."""

    name: str
    language: str
    title: str
    between: Callable[[float, float], list[Line] | str | None]
    """What is said between two seconds of the film: lines, or WebVTT."""


def _spoken(asset: Asset) -> list[_Spoken]:
    """As `captions_of`: its published transcripts; in other languages the texts that came inside the film."""
    written = list(published(asset))
    known = {row.language for row in written}
    inside = [
        (number, one["language"])
        for number, one in enumerate(asset.encoding.captions if asset.encoding else ())
        if one["language"] not in known
    ]
    return [
        *(_Spoken(row.key, row.language, row.title or own_language_name(row),
                  partial(_said, row)) for row in written),
        *(_Spoken(str(number), language, subtitling.name_of(language), partial(_inside, asset, number))
          for number, language in inside),
    ]  # fmt: skip


def _said(transcript: Transcript, begins: float, ends: float) -> list[Line]:
    return list(lines_of(transcript).filter(begins__lt=ends * 1000, ends__gt=begins * 1000))


def _inside(asset: Asset, number: int, begins: float, ends: float) -> str | None:
    whole = subtitling.caption_file(asset.encoding, number) if asset.encoding else None
    return subtitling.cut(whole.decode("utf-8", "replace"), begins, ends) if whole is not None else None


def _written(
    asset: Asset, encoding: Encoding, plan: Plan, address: Address, now: datetime
) -> tuple[Listed, Listed] | None:
    is_words = address.name.startswith(WORDS)
    lies = rendition_of(asset, encoding, renditions_of(encoding)[0] if is_words else address.name)
    if lies is None or (is_words and _words(asset, address.name) is None):
        return None
    timetable = _timetable(encoding, lies, plan)
    if not timetable.segments:
        return None
    due, target, count = timetable.due(now), target_of(encoding), len(timetable.segments)
    listed = timetable.listed(due)
    if is_words:
        # Beside the playlist, in a folder of its name.
        folder = address.name.removeprefix(WORDS)
        listed = [replace(one, name=f"{folder}/{n % count}.vtt", init="") for n, one in enumerate(listed, due.first)]
    found = hls.MediaList(
        listed,
        target,
        kind="EVENT" if timetable.only_grows else "",
        is_ended=due.is_over,
        sequence=due.first,
        cuts_before=timetable.cuts_before(due.first),
    )
    sign = str if is_words else _signed(*lies, listed)
    known = _known(listed, target) if not due.is_over else 0
    until = math.inf if due.is_over else now.timestamp() + due.next_in
    facts = (plan.begins.timestamp(), until, _window(now.timestamp()), min(count, due.end))
    texts = [hls.write_media(replace(found, skipped=skipped), sign) if due.end else "" for skipped in (0, known)]
    return Listed(texts[0], *facts), Listed(texts[1], *facts)


def _signed(encoding: Encoding, name: str, listed: Sequence[hls.Segment]) -> Callable[[str], str]:
    """The addresses of what is listed, each made once in a window for all plans and kept together: an hour of one rung
    names a thousand."""
    place = f"media.as-live.signed.{encoding.key}.{name}.{_window(clock.now().timestamp())}"
    known: dict[str, str] = cache.get(place) or {}
    files = dict.fromkeys(file for one in listed for file in (one.init, one.name) if file)
    if came := [file for file in files if file not in known]:
        sign = store().url
        known |= {file: sign(file) for file in came}
        cache.set(place, known, WINDOW_SECONDS)
    return known.__getitem__


def _timetable(film: Encoding, lies: tuple[Encoding, str], plan: Plan) -> Timetable:
    """Of a rendition that lies in the film's ladder or, where it was added, in one of its own."""
    segments, period = segments_of(*lies), _period(film)
    if plan.loops:
        # A segment that begins with the round's end would never be heard.
        starts = accumulate((one.seconds for one in segments), initial=0.0)
        segments = [one for one, start in zip(segments, starts, strict=False) if start < period - LEAST_SECONDS]
    return Timetable(segments, plan, period)


def _period(encoding: Encoding) -> float:
    """Sound and picture begin each round together. A player counts by the picture: where a round lasts longer, it runs
    ahead of the hour with each."""
    mark = f"media.period.{encoding.key}"
    known: float | None = cache.get(mark)
    if known is None:
        known = sum(one.seconds for one in segments_of(encoding, renditions_of(encoding)[0]))
        cache.set(mark, known, WINDOW_SECONDS)
    return known


def _known(listed: Sequence[hls.Segment], target: int) -> int:
    """How many of the first segments lie further from the end than what a delta update writes out."""
    rest, count = 0.0, len(listed)
    while count and rest < hls.SKIP_TARGETS * target:
        count -= 1
        rest += listed[count].seconds
    return count
