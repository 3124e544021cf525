"""A recording that plays as live: its addresses, and its playlists as the clock cuts them from the stored ones.

The address says when it plays, and is signed with it: no reader can move the hour. What is due is a function of the
clock alone, so every process writes the same playlist, and nothing is kept but for speed.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.urls import reverse

from apps.core import clock
from apps.media import registry
from apps.media.models import Asset, Encoding, Line, Transcript
from apps.media.registry import WINDOW_SECONDS, store
from apps.media.selectors import hls, subtitling
from apps.media.selectors.playlists import (
    renditions_of,
    segments_of,
    target_of,
)
from apps.media.selectors.timetables import Plan, Timetable
from apps.media.selectors.transcripts import lines_of, own_language_name, published

SALT = "media.simulive"
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
    """Whether the film plays by this plan, or may be had anyway. Asked once a second, for all readers together."""
    mark = f"media.live.hours.{asset.pk}.{int(clock.now().timestamp())}"
    known: Any = cache.get_or_set(mark, lambda: (registry.hours_of(asset),), 2)
    hours: frozenset[datetime] | None = known[0]
    return hours is None or any(abs(plan.begins - hour) < SAME_HOUR for hour in hours)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


# Playlists --------------------------------------------------------------------------------------------------------
def simulive_master(asset: Asset, encoding: Encoding) -> str:
    """The master of what plays as live; its rungs, and words by the piece, stand beside it."""
    spoken = [hls.Rendition("SUBTITLES", one.title, one.language, f"words/{one.name}.m3u8") for one in _spoken(asset)]
    return hls.write_master(hls.Master(encoding.rungs, encoding.sounds, spoken))


def simulive_playlist(encoding: Encoding, name: str, plan: Plan, *, skips: bool = False) -> tuple[str, float] | None:
    """One rendition as it is at this moment, and for how many seconds it stays so; None where there is no such
    rendition. Empty where nothing of it is due. `skips` leaves out what the reader has already (8216bis, 6.2.5.1).

    Only what is listed is signed, and each file by itself: its folder holds what is still to come.
    """
    if name not in renditions_of(encoding):
        return None
    return _written(encoding, plan, name, _Look(name, lambda _number, one: one, store().url), skips=skips)


def simulive_words(
    asset: Asset, encoding: Encoding, name: str, plan: Plan, *, skips: bool = False
) -> tuple[str, float] | None:
    """The same of words to the film: a piece of WebVTT for each segment."""
    if not any(one.name == name for one in _spoken(asset)):
        return None

    def piece(at: int, one: hls.Segment) -> hls.Segment:
        return replace(one, name=f"{name}/{at}.vtt", init="")

    look = _Look(f"words-{name}", piece, lambda name: name)
    return _written(encoding, plan, renditions_of(encoding)[0], look, skips=skips)


def simulive_piece(
    asset: Asset, encoding: Encoding, name: str, plan: Plan, at: int, *, write: Callable[[Iterable[Line]], str]
) -> str | None:
    """The WebVTT of one segment; None before it is due. `write` makes it of a transcript's lines."""
    spoken = next((one for one in _spoken(asset) if one.name == name), None)
    if spoken is None:
        return None
    timetable = _timetable(encoding, renditions_of(encoding)[0], plan)
    if not timetable.segments or at >= min(len(timetable.segments), timetable.due(clock.now()).end):
        return None
    mark = f"media.live.piece.{encoding.key}.{spoken.mark}.{at}"
    text: str | None = cache.get(mark)
    if text is None:
        begins = timetable.begins(at)
        found = spoken.between(begins, begins + timetable.segments[at].seconds)
        said = write(found) if isinstance(found, list) else found
        if said is None:
            return None
        text = subtitling.mapped(said)
        cache.set(mark, text, WINDOW_SECONDS)
    return text


@dataclass(frozen=True)
class _Spoken:
    """Words in one language; `name` is theirs in addresses, `mark` another one whenever they are changed."""

    name: str
    mark: str
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
        *(_Spoken(row.key, f"{row.key}.{row.revision}", row.language, row.title or own_language_name(row),
                  partial(_said, row)) for row in written),
        *(_Spoken(str(number), str(number), language, subtitling.name_of(language), partial(_inside, asset, number))
          for number, language in inside),
    ]  # fmt: skip


def _said(transcript: Transcript, begins: float, ends: float) -> list[Line]:
    return list(lines_of(transcript).filter(begins__lt=ends * 1000, ends__gt=begins * 1000))


def _inside(asset: Asset, number: int, begins: float, ends: float) -> str | None:
    whole = subtitling.caption_file(asset.encoding, number) if asset.encoding else None
    return subtitling.cut(whole.decode("utf-8", "replace"), begins, ends) if whole is not None else None


@dataclass(frozen=True)
class _Look:
    """How a rendition's segments are shown in a playlist."""

    mark: str
    show: Callable[[int, hls.Segment], hls.Segment]
    sign: Callable[[str], str]


def _written(encoding: Encoding, plan: Plan, name: str, look: _Look, *, skips: bool) -> tuple[str, float] | None:
    timetable = _timetable(encoding, name, plan)
    if not timetable.segments:
        return None
    due = timetable.due(clock.now())
    if due.end == 0:
        return "", due.next_in
    window = int(clock.now().timestamp()) // WINDOW_SECONDS
    of = hashlib.sha256(f"{plan}".encode()).hexdigest()[:16]
    mark = f"media.live.{encoding.key}.{look.mark}.{of}.{due.first}.{due.end}.{due.is_over}.{skips}.{window}"
    text: str | None = cache.get(mark)
    if text is None:
        target, count = target_of(encoding), len(timetable.segments)
        numbers = range(due.first, due.end)
        listed = [look.show(n % count, one) for n, one in zip(numbers, timetable.listed(due), strict=True)]
        found = hls.MediaList(
            listed,
            target,
            kind="EVENT" if timetable.only_grows else "",
            is_ended=due.is_over,
            sequence=due.first,
            cuts_before=timetable.cuts_before(due.first),
            skipped=_known(listed, target) if skips and not due.is_over else 0,
        )
        text = hls.write_media(found, look.sign)
        cache.set(mark, text, 2 * target)
    return text, due.next_in


def _timetable(encoding: Encoding, name: str, plan: Plan) -> Timetable:
    return Timetable(segments_of(encoding, name), plan, _period(encoding))


def _period(encoding: Encoding) -> float:
    """The longest rendition's length: sound and picture begin each round together."""
    mark = f"media.period.{encoding.key}"
    known: float | None = cache.get(mark)
    if known is None:
        known = max(sum(one.seconds for one in segments_of(encoding, name)) for name in renditions_of(encoding))
        cache.set(mark, known, WINDOW_SECONDS)
    return known


def _known(listed: Sequence[hls.Segment], target: int) -> int:
    """How many of the first segments lie further from the end than what a delta update writes out."""
    rest, count = 0.0, len(listed)
    while count and rest < hls.SKIP_TARGETS * target:
        count -= 1
        rest += listed[count].seconds
    return count
