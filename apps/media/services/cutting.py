"""Recordings without encoding: a range of what a ladder's playlists name, and what a live stream left, as files that
play.

A cut is exact to a segment: it holds every segment that has something of the range, its playlists ask players to begin
at the asked second (EXT-X-START), and it ends with the segment of the last one.
"""

import hashlib
import posixpath
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.bounds import FULL
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors
from apps.media.adapters.storage import content_type_of
from apps.media.models import Asset, Cut, Encoding, Leftover
from apps.media.registry import store
from apps.media.selectors import hls, playlists, subtitling
from apps.media.selectors.cuts import range_of
from apps.media.services import added_sounds

if TYPE_CHECKING:
    from apps.accounts.models import User

CUT, LIVE = "cut", "live"
LEFTOVER_AFTER = timedelta(hours=24)
MOST_CUTS = 1000
"""Of one event: they take no room there, so that no quota bounds them."""
LEAST_SECONDS = 0.001
OF_ITS_OWN = ("id", "key", "sha256", "recipe", "created_at", "seconds", "captions", "storyboard", "waveform")
"""What a cut does not take over from the ladder that it is of."""


def cut_asset(asset: Asset, *, begins: float, ends: float, title: str, by: "User | None" = None) -> Asset:
    """A new asset that plays those seconds of a film or recording; asking twice makes two that share one ladder.

    Raises `Refused` where it does not play yet, does not hold these seconds, or there are as many as there can be.
    """
    source = asset.encoding
    if asset.state != Asset.State.READY or source is None:
        raise Refused("media.not-ready", _("This file does not play yet. Cut it once it is ready."))
    if not 0 <= begins < min(ends, source.seconds) or ends > source.seconds + 1:
        raise Refused(
            "media.range", _("The recording does not hold these seconds. Choose a range inside it."), status=422
        )
    _check_room(asset.event)
    encoding = _ladder_of(source, begins, ends)
    first, _last = range_of(playlists.segments_of(source, playlists.renditions_of(source)[0]), begins, ends)
    with transaction.atomic():
        made = _listed(asset.event, encoding, title=title, by=by, is_public=asset.is_public)
        added_sounds.take_along(asset, made, earlier=first)
    return made


def _check_room(event: Event) -> None:
    """Those in the trash count too. Nobody is held up while files are written: who cuts at the same moment may be one
    more."""
    if Asset.every.filter(event=event, encoding__recipe=CUT).count() >= MOST_CUTS:
        raise Refused("media.too_many_cuts", FULL, values={"things": _("Parts of films"), "most": MOST_CUTS})


def cut_asset_to(
    asset: Asset, *, starts_at: datetime, ends_at: datetime, title: str, by: "User | None" = None
) -> Asset:
    """What of a live recording was on stage between two moments, by the dates in its playlists."""
    segments = _first_rendition(asset.encoding) if asset.encoding else []
    begins, ends = _second_at(segments, starts_at), _second_at(segments, ends_at)
    if begins is None or ends is None:
        raise Refused("media.no-dates", _("This file does not say when it was recorded. Choose its seconds instead."))
    whole = sum(one.seconds for one in segments)
    return cut_asset(asset, begins=max(0.0, begins), ends=min(whole, ends), title=title, by=by)


def _first_rendition(encoding: Encoding) -> list[hls.Segment]:
    names = playlists.renditions_of(encoding)
    return playlists.segments_of(encoding, names[0]) if names else []


def _second_at(segments: Sequence[hls.Segment], moment: datetime) -> float | None:
    """How many seconds had been recorded at that moment; None where nothing is dated."""
    at, found = 0.0, None
    for one in segments:
        if one.date and (found is None or one.date <= moment):
            found = at + (moment - one.date).total_seconds()
        at += one.seconds
    return found


def keep_stream(event: Event, made: Encoding, *, title: str, by: "User | None" = None) -> Asset:
    """What a live stream left in `encodings/<key>/<rung>/`, as an asset that plays; asking again gives the same one.

    `made` is not stored yet: its key, and its rungs and sounds as `Encoding` keeps them; each folder holds an
    `index.m3u8` of its segments. Raises `Refused` where not one is there.
    """
    made.organisation_id, made.recipe = event.organisation_id, LIVE
    made.sha256 = hashlib.sha256(made.key.encode()).hexdigest()
    lengths = (sum(one.seconds for one in playlists.segments_of(made, name)) for name in playlists.renditions_of(made))
    made.seconds = round(max(lengths, default=0.0), 3)
    if not made.seconds:
        raise Refused("media.nothing-kept", _("Nothing of this stream was kept, so there is nothing to watch again."))
    made.width, made.height = max(((rung["width"], rung["height"]) for rung in made.rungs), default=(0, 0))
    with transaction.atomic():
        encoding = _known(made)
        if encoding is None:
            made.save(force_insert=True)
        elif found := event.assets.filter(encoding=encoding).first():
            return found
        return _listed(event, encoding or made, title=title, by=by, is_public=False)


def _known(made: Encoding) -> Encoding | None:
    same = Encoding.objects.filter(organisation=made.organisation_id, sha256=made.sha256, recipe=made.recipe)
    return same.select_for_update().first()


def _listed(event: Event, encoding: Encoding, *, title: str, by: "User | None", is_public: bool) -> Asset:
    """It has no file of its own to be had, and takes no room; what tells it from others is its playlist."""
    return Asset.objects.create(
        event=event,
        kind=Asset.Kind.VIDEO if encoding.width else Asset.Kind.AUDIO,
        title=title[:200],
        state=Asset.State.READY,
        original=f"{encoding.folder}/{playlists.renditions_of(encoding)[-1]}/index.m3u8",
        content_type="application/vnd.apple.mpegurl",
        sha256=encoding.sha256,
        width=encoding.width or None,
        height=encoding.height or None,
        seconds=encoding.seconds,
        encoding=encoding,
        is_public=is_public,
        uploaded_by=by,
    )


# The ladder of a cut ----------------------------------------------------------------------------------------------
def _ladder_of(source: Encoding, begins: float, ends: float) -> Encoding:
    """Its playlists and words are stored before its row is."""
    source, begins, ends = _of_the_whole(source, begins, ends)
    kept = {
        field.name: getattr(source, field.name)
        for field in Encoding._meta.concrete_fields
        if field.name not in OF_ITS_OWN
    }
    digest = hashlib.sha256(f"{source.key} {begins:.3f} {ends:.3f}".encode()).hexdigest()
    made = Encoding(**kept, sha256=digest, recipe=CUT)
    # What a part takes at most is what the whole does; its average is nobody's.
    made.rungs = [{**rung, "average": 0} for rung in made.rungs]
    if known := _known_now(made):
        return known
    owed = Leftover.objects.create(folder=made.folder, due_at=clock.now() + LEFTOVER_AFTER)
    _fill(made, source, begins, ends)
    with transaction.atomic():
        # Held, so that it is not let go of meanwhile.
        Encoding.objects.select_for_update(no_key=True).get(pk=source.pk)
        if known := _known(made):
            return known
        made.save(force_insert=True)
        Cut.objects.create(encoding=made, source=source, begins=begins, ends=ends)
        owed.delete()
    return made


def _of_the_whole(source: Encoding, begins: float, ends: float) -> tuple[Encoding, float, float]:
    """A range of a cut is a range of what that is of, and no longer than the cut: however often a part of a part is
    cut, each is one step from the film."""
    while cut := Cut.objects.filter(encoding=source).select_related("source").first():
        segments = playlists.segments_of(cut.source, playlists.renditions_of(cut.source)[0])
        first, last = range_of(segments, cut.begins, cut.ends)
        source, begins, ends = cut.source, min(first + begins, last - LEAST_SECONDS), min(first + ends, last)
    return source, begins, ends


def _known_now(made: Encoding) -> Encoding | None:
    with transaction.atomic():
        return _known(made)


def _fill(made: Encoding, source: Encoding, begins: float, ends: float) -> None:
    names = playlists.renditions_of(source)
    whole = {name: playlists.segments_of(source, name) for name in names}
    first, last = range_of(whole[names[0]], begins, ends)
    with tempfile.TemporaryDirectory(prefix="plenary-cut-") as place:
        for name, segments in whole.items():
            start, stop = _nearest(segments, first), _nearest(segments, last)
            part = segments[start : max(stop, start + 1)]
            made.seconds = max(made.seconds or 0.0, round(sum(one.seconds for one in part), 3))
            text = _playlist(part, folder=f"{made.folder}/{name}", starts=begins - first)
            _put(text, Path(place), f"{made.folder}/{name}/index.m3u8")
        made.captions = []
        for number, words in enumerate(source.captions):
            said = selectors.caption_file(source, number)
            if said is None:
                continue
            # Their clock begins with the cut, which is not where the clock of its segments begins.
            text = subtitling.cut(subtitling.unmapped(said.decode("utf-8", "replace")), first, last, shift=first)
            text = subtitling.mapped(text, begins=first)
            _put(text, Path(place), f"{made.folder}/{words['file']}")
            made.captions.append(words)


def _nearest(segments: Sequence[hls.Segment], second: float) -> int:
    """Sound and picture are not cut at the very same moment: the boundary that is nearest."""
    marks = [0.0, *accumulate(one.seconds for one in segments)]
    return min(range(len(marks)), key=lambda number: abs(marks[number] - second))


def _playlist(part: Sequence[hls.Segment], *, folder: str, starts: float) -> str:
    """With names as they stand to this folder: they lie in another's."""
    found = hls.MediaList(part, hls.target_of([part]), starts=starts if starts > 0.01 else 0.0)
    return hls.write_media(found, lambda name: posixpath.relpath(name, folder))


def _put(text: str, place: Path, name: str) -> None:
    path = place / "file"
    path.write_text(text)
    store().put(path, name, content_type=content_type_of(name))
