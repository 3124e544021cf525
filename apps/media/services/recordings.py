"""The recording of a live stream: an asset made of its segments as they lie in storage, without encoding again.

It is owed by a row, taken by a worker under a lease, and may be begun any number of times: the files have the same
names each time, and what counts is the row that is written when all of them are there.
"""

import errno
import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.media.adapters import encode, ffmpeg, joining, probe, sniff, storyboard
from apps.media.models import Asset, Encoding, Leftover, Recording, Segment, Stream
from apps.media.registry import must_not_be_recorded, store
from apps.media.services import films

logger = logging.getLogger(__name__)

RECIPE = "live-1"
LEASE = timedelta(minutes=15)
RETRY_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1))
"""After each attempt that failed; the last one again and again, until `Recording.MOST_ATTEMPTS`."""
DISK_ATTEMPTS = 3
"""So often a disk that is full is waited for."""
BEAT = 200
"""The lease is renewed after so many files."""
BEAT_SECONDS = 30.0
MOST_INIT_BYTES = 64 * 1024
SETTLES_AFTER = timedelta(seconds=15)
"""What came in up to a moment lies in storage so long after it."""
LEFTOVER_AFTER = timedelta(hours=24)
COPY_THREADS = 8
MOST_RECORDINGS = 50
"""Of one stream."""
PLAYLIST = "application/vnd.apple.mpegurl"

State = Recording.State


class LeaseLost(Exception):
    """Another worker has taken it up."""


@transaction.atomic
def make_recording(stream: Stream, *, begins: datetime, ends: datetime) -> Recording:
    """Owe the film of what came in between two moments; asked again for the same, it is the same one, and begun anew if
    it failed. Raises Refused where the stream's place says that nothing of it is to be kept."""
    if must_not_be_recorded(stream):
        raise Refused("stream.not_recorded", _("What this stream shows must not be recorded."))
    if ends <= begins:
        raise Refused("stream.recording-ends", _("A recording ends after it begins."), field="ends", status=422)
    hold_row(stream, gone="stream.gone")
    is_new = not stream.recordings.filter(begins=begins, ends=ends).exists()
    if is_new and stream.recordings.count() >= MOST_RECORDINGS:
        raise Refused("stream.recordings", _("Of this stream as many recordings were made as can be."))
    return owe_recording(stream, begins=begins, ends=ends)


@transaction.atomic
def owe_recording(stream: Stream, *, begins: datetime, ends: datetime) -> Recording:
    """However many there are: the end of a stream is not refused. One that failed is begun anew."""
    recording, made = Recording.objects.get_or_create(stream=stream, begins=begins, ends=ends)
    failed = Recording.objects.filter(pk=recording.pk, state=State.FAILED)
    if made or failed.update(state=State.OWED, attempts=0, leased_until=None):
        recording.refresh_from_db()
        _tell_worker(recording)
    return recording


def requeue_recordings(*, limit: int = 20) -> int:
    """Tell workers of every recording that is owed and that nobody makes. Beat calls it."""
    now = clock.now()
    free = Recording.objects.filter(_free(now), ends__lt=now - SETTLES_AFTER).order_by("created_at")[:limit]
    for recording in free:
        _tell_worker(recording, expires=60)
    return len(free)


def _tell_worker(recording: Recording, *, expires: int | None = None) -> None:
    pk = recording.pk
    transaction.on_commit(
        lambda: current_app.send_task("media.record", args=[pk], expires=expires, retry=False), robust=True
    )


def _free(now: datetime) -> Q:
    return Q(state=State.OWED) & (Q(leased_until=None) | Q(leased_until__lt=now))


def run_recording(recording_id: int) -> bool:
    """Make it if nobody else does; returns whether there is a film now."""
    now = clock.now()
    due = Q(stream__state=Stream.State.ENDED) | Q(ends__lt=now - SETTLES_AFTER)
    free = Recording.objects.filter(_free(now), due, pk=recording_id)
    until = now + LEASE
    if not free.update(leased_until=until, attempts=F("attempts") + 1):
        return False
    recording = Recording.objects.select_related("stream__event").get(pk=recording_id)
    if recording.attempts > Recording.MOST_ATTEMPTS:  # each time its worker was killed
        _finish(recording, state=State.FAILED, asset=None)
        return False
    try:
        return _make(recording)
    except LeaseLost:
        return False
    except Exception:
        # The machine's fault (storage away): beat tells a worker again.
        _put_back(recording)
        raise


def _put_back(recording: Recording) -> None:
    """Nobody takes it up before its lease, which is nobody's now, is over."""
    mine = Recording.objects.filter(pk=recording.pk, leased_until=recording.leased_until)
    if recording.attempts >= Recording.MOST_ATTEMPTS:
        mine.update(state=State.FAILED, leased_until=None)
    else:
        wait = RETRY_WAITS[min(recording.attempts, len(RETRY_WAITS)) - 1]
        mine.update(leased_until=clock.now() + wait)


def _make(recording: Recording) -> bool:
    stream = recording.stream
    segments = [] if must_not_be_recorded(stream) else _segments(recording)
    if not segments:
        _finish(recording, state=State.EMPTY, asset=None)
        return False
    sha256 = hashlib.sha256(f"{stream.key} {segments[0].number} {segments[-1].number}".encode()).hexdigest()
    organisation = stream.event.organisation_id
    known = Encoding.objects.filter(organisation=organisation, sha256=sha256, recipe=RECIPE).first()
    if known is not None:
        _list(recording, known, segments, owed=None)
        return True
    encoding = Encoding(
        organisation_id=organisation,
        sha256=sha256,
        recipe=RECIPE,
        # The same folder at each attempt, so that a second one finds what the first brought.
        key=f"live-{sha256[:32]}",
        rungs=[_measured(rung, segments) for rung in stream.rungs],
        width=max(rung["width"] for rung in stream.rungs),
        height=max(rung["height"] for rung in stream.rungs),
        seconds=round(sum(segment.seconds for segment in segments), 3),
    )
    owed, _made = Leftover.objects.update_or_create(
        folder=encoding.folder, defaults={"due_at": clock.now() + LEFTOVER_AFTER}
    )
    for rung in encoding.rungs:
        _put_rung(recording, encoding, rung["name"], segments)
    _list(recording, encoding, segments, owed=owed)
    return True


def _segments(recording: Recording) -> list[Segment]:
    """Those that have any part between the two moments."""
    # One more is read before it than may be needed, since a segment is found by its beginning.
    early = recording.begins - timedelta(seconds=10)
    rows = Segment.objects.filter(stream=recording.stream, at__gte=early, at__lt=recording.ends)
    found = rows.select_related("take__stream").order_by("number")
    return [one for one in found if one.at + timedelta(seconds=one.seconds) > recording.begins]


def _measured(rung: dict[str, Any], segments: Sequence[Segment]) -> dict[str, Any]:
    name = rung["name"]
    rates = [segment.sizes.get(name, 0) * 8 / max(segment.seconds, 0.1) for segment in segments]
    bits = sum(segment.sizes.get(name, 0) for segment in segments) * 8
    average = round(bits / max(sum(segment.seconds for segment in segments), 0.1))
    return {**rung, "peak": max(round(max(rates)), average), "average": average}


def _put_rung(recording: Recording, encoding: Encoding, rung: str, segments: Sequence[Segment]) -> None:
    folder, at = f"{encoding.folder}/{rung}", store()
    copies = {f"{segment.take.folder}/{rung}/init.mp4": f"{folder}/init-{segment.take_id}.mp4" for segment in segments}
    copies |= {
        f"{segment.take.folder}/{rung}/{segment.name}": f"{folder}/{segment.number:06}.m4s" for segment in segments
    }
    names = list(copies.items())
    with ThreadPoolExecutor(COPY_THREADS, thread_name_prefix="copy") as pool:
        for start in range(0, len(names), BEAT):
            _renew(recording)
            list(pool.map(lambda pair: at.copy(*pair), names[start : start + BEAT]))
    with tempfile.TemporaryDirectory(prefix="plenary-recording-") as place:
        path = Path(place) / "index.m3u8"
        path.write_text(playlist(segments))
        at.put(path, f"{folder}/index.m3u8", content_type=PLAYLIST)


def playlist(segments: Sequence[Segment]) -> str:
    """A rung of the recording (RFC 8216, 4.3.3.5): one timeline, with a break wherever an encoder began anew."""
    longest = max(1, round(max(segment.seconds for segment in segments)))
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{longest}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines += ["#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"]
    before: Segment | None = None
    for segment in segments:
        if before is not None and before.stretch != segment.stretch:
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or before.take_id != segment.take_id:
            lines.append(f'#EXT-X-MAP:URI="init-{segment.take_id}.mp4"')
        if before is None or before.stretch != segment.stretch:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{segment.at.isoformat(timespec='milliseconds')}")
        lines += [f"#EXTINF:{segment.seconds:.6f},", f"{segment.number:06}.m4s"]
        before = segment
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _renew(recording: Recording) -> None:
    until = clock.now() + LEASE
    mine = Recording.objects.filter(pk=recording.pk, leased_until=recording.leased_until, state=State.OWED)
    if not mine.update(leased_until=until):
        raise LeaseLost
    recording.leased_until = until


def _list(recording: Recording, encoding: Encoding, segments: Sequence[Segment], *, owed: Leftover | None) -> None:
    key = ids.new_token()
    folder = Leftover.objects.create(folder=f"assets/{key}", due_at=clock.now() + LEFTOVER_AFTER)
    asset = Asset(
        event=recording.stream.event,
        key=key,
        kind=Asset.Kind.VIDEO,
        state=Asset.State.READY,
        title=recording.stream.title,
        sha256=encoding.sha256,
        width=encoding.width,
        height=encoding.height,
        seconds=encoding.seconds,
        encoding=encoding,
    )
    _put_original(recording, encoding, segments, asset)
    with transaction.atomic():
        if encoding._state.adding:
            encoding.save(force_insert=True)
        asset.save(force_insert=True)
        _finish(recording, state=State.DONE, asset=asset)
        for debt in filter(None, (owed, folder)):
            debt.delete()


def _put_original(recording: Recording, encoding: Encoding, segments: Sequence[Segment], asset: Asset) -> None:
    """The largest rung in one file, to be had and to be worked on. Where its takes cannot be joined, the film plays all
    the same, and its original is the playlist."""
    top, last = max(encoding.rungs, key=lambda rung: rung["height"])["name"], 0.0

    def beat(_seconds: float) -> None:
        nonlocal last
        if time.monotonic() - last > BEAT_SECONDS:
            last = time.monotonic()
            _renew(recording)

    asset.original, asset.content_type = f"{encoding.folder}/{top}/index.m3u8", PLAYLIST
    with tempfile.TemporaryDirectory(prefix="plenary-recording-") as place:
        try:
            film = joining.join(_fetch_takes(top, segments, Path(place), beat), pulse=beat)
        except (ffmpeg.FfmpegError, OSError) as error:
            if not _can_do_without(recording, error):
                raise
            logger.warning("A recording has no file of its own: %r", error)
            return
        asset.original, asset.content_type = f"assets/{asset.key}/original", "video/mp4"
        asset.size = film.stat().st_size
        store().put(film, asset.original, content_type=asset.content_type)
        if encoding._state.adding:
            _draw_around(encoding, film, Path(place), beat)


def _draw_around(encoding: Encoding, film: Path, place: Path, beat: Callable[[float], None]) -> None:
    """A still, and small pictures by their second; a recording is fine without."""
    if still := joining.still(film, at=encoding.seconds * 0.1, pulse=beat):
        encoding.poster = f"{encoding.folder}/{still.name}"
        store().put(still, encoding.poster, content_type="image/jpeg")
    folder = place / "storyboard"
    folder.mkdir()
    try:
        is_drawn = encode.write_storyboard(films.read_source(film), film, folder, beat)
    except (sniff.Unknown, probe.Unreadable, ffmpeg.FfmpegError) as error:
        logger.warning("A recording has no storyboard: %r", error)
        return
    if is_drawn:
        store().put_tree(folder, encoding.folder, beat)
        encoding.storyboard = f"{encoding.folder}/{storyboard.NAME}"


def _can_do_without(recording: Recording, error: Exception) -> bool:
    """A film that plays without a file of its own is better than none: where the takes do not go together, and where
    this machine's disk is too small for them, which is tried again before."""
    reason = error.reason if isinstance(error, ffmpeg.FfmpegError) else ""
    if reason == "disk-full" or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return recording.attempts >= DISK_ATTEMPTS
    return bool(reason)


def _fetch_takes(rung: str, segments: Sequence[Segment], place: Path, beat: Callable[[float], None]) -> list[Path]:
    """Each take in one file: its beginning, and its segments after each other."""
    found: list[Path] = []
    for segment in segments:
        path, folder = place / f"{segment.take_id}.mp4", f"{segment.take.folder}/{rung}"
        if path not in found:
            found.append(path)
            path.write_bytes(store().read(f"{folder}/init.mp4", 0, MOST_INIT_BYTES))
        with path.open("ab") as file:
            file.write(store().read(f"{folder}/{segment.name}", 0, store().size(f"{folder}/{segment.name}")))
        beat(0)
    return found


def _finish(recording: Recording, *, state: str, asset: Asset | None) -> None:
    mine = Recording.objects.filter(pk=recording.pk, leased_until=recording.leased_until, state=State.OWED)
    if not mine.update(state=state, asset=asset, leased_until=None):
        raise LeaseLost
