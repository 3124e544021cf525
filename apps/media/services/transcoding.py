"""Making films playable: a job is a row, held by a lease that its worker renews; the result counts when it is whole."""

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.adapters import encode, ladder, probe, sniff
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.models import Asset, Encoding, Leftover, TranscodeJob
from apps.media.registry import Missing, store

LEASE = timedelta(seconds=90)
BEAT_SECONDS = 1.0
SAME_BYTES_WAIT = timedelta(seconds=15)
RETRY_WAIT = timedelta(seconds=20)
LEFTOVER_AFTER = timedelta(hours=24)
BLOCK = 1024 * 1024

# Percent at which each step ends; nearly all the time is in the middle one.
FETCHED, ENCODED = 5, 94

State = TranscodeJob.State


class LeaseLost(Exception):
    """Another worker has taken the job up; whatever this one made is dropped."""


class Busy(Exception):
    """Another job works on the same bytes."""


class Hopeless(Exception):
    """Trying again would fail in the same way; the message is a code of `selectors.REASONS`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def start_transcode(asset: Asset) -> TranscodeJob:
    """Write the job and tell a worker after commit. If the broker never hears of it, beat does."""
    job, made = TranscodeJob.objects.get_or_create(
        asset=asset, defaults={"organisation_id": asset.event.organisation_id}
    )
    if made:
        _tell_worker(job)
    return job


def retry_transcode(asset: Asset) -> TranscodeJob:
    """Begin again after a failure; raises `Refused` while it is being worked on."""
    with transaction.atomic():
        changed = TranscodeJob.objects.filter(asset=asset, state=State.FAILED).update(
            state=State.WAITING, attempts=0, progress=0, error="", detail="", not_before=clock.now(), sha256=""
        )
        if not changed:
            raise Refused("media.not-failed", _("Only what has failed can be tried again."))
        Asset.objects.filter(pk=asset.pk).update(state=Asset.State.PROCESSING, error="")
        job = TranscodeJob.objects.get(asset=asset)
        _tell_worker(job)
        publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))
    return job


def requeue_jobs(*, limit: int = 50) -> int:
    """Tell workers of every job that is free: never heard of, due again, or left by a killed worker. Beat calls it."""
    free = TranscodeJob.objects.free(clock.now()).order_by("not_before")[:limit]
    for job in free:
        _tell_worker(job, expires=60)
    return len(free)


def _tell_worker(job: TranscodeJob, *, expires: int | None = None) -> None:
    pk = job.pk
    transaction.on_commit(
        lambda: current_app.send_task("media.transcode", args=[pk], expires=expires, retry=False), robust=True
    )


def run_job(job_id: int) -> bool:
    """Take the job if it is free and carry it to its end; returns whether the asset can be played now."""
    job = _claim(job_id)
    if job is None:
        return False
    if job.attempts > TranscodeJob.MOST_ATTEMPTS:
        _fail(job, "stopped")
        return False
    _forget_earlier(job)
    folder = Path(tempfile.mkdtemp(prefix=_folder_prefix(job)))
    try:
        _work(job, folder)
    except LeaseLost:
        return False
    except Busy:
        _put_back(job, wait=SAME_BYTES_WAIT, counts=False)
        return False
    except Hopeless as error:
        _fail(job, error.reason, error.detail)
        return False
    except Exception as error:
        # The machine's fault (disk full, storage away, ffmpeg missing): worth another attempt.
        _put_back(job, wait=RETRY_WAIT * job.attempts, counts=True, detail=str(error))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _claim(job_id: int) -> TranscodeJob | None:
    now, lease = clock.now(), ids.new_token()
    taken = (
        TranscodeJob.objects.free(now)
        .filter(pk=job_id)
        .update(
            state=State.RUNNING,
            lease=lease,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
            started_at=now,
            progress=0,
            sha256="",
        )
    )
    if not taken:
        return None
    return TranscodeJob.objects.select_related("asset__event").get(pk=job_id, lease=lease)


def _folder_prefix(job: TranscodeJob) -> str:
    # By the asset's random key: a number would be another platform's job too, where two share a machine.
    return f"plenary-job-{job.asset.key}."


def _forget_earlier(job: TranscodeJob) -> None:
    """A worker killed on this machine could not clear its folder."""
    for left in Path(tempfile.gettempdir()).glob(f"{_folder_prefix(job)}*"):
        shutil.rmtree(left, ignore_errors=True)


def _held(job: TranscodeJob, **changes: object) -> None:
    """Change the job if the lease is still ours; raises `LeaseLost`."""
    mine = TranscodeJob.objects.filter(pk=job.pk, lease=job.lease, state=State.RUNNING)
    if not mine.update(**changes):
        raise LeaseLost


def _beats(job: TranscodeJob, start: float, end: float, total: float) -> Callable[[float], None]:
    """A function of how much of `total` is done that renews the lease and shows the progress, once a second."""
    last = 0.0

    def beat(done: float) -> None:
        nonlocal last
        if time.monotonic() - last < BEAT_SECONDS:
            return
        last = time.monotonic()
        share = min(1.0, done / total) if total > 0 else 0.0
        job.progress = round(start + (end - start) * share)
        _held(job, progress=job.progress, leased_until=clock.now() + LEASE)
        publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))

    return beat


def _work(job: TranscodeJob, folder: Path) -> None:
    asset = job.asset
    try:
        source = store().fetch(asset.original, folder, _beats(job, 0, FETCHED, asset.size))
    except Missing as error:
        raise Hopeless("missing") from error
    sha256 = _digest(source, _beats(job, FETCHED - 1, FETCHED, asset.size))
    if not _attach(job, sha256):
        _claim_bytes(job, sha256)
        _make(job, source, folder, sha256)
    publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))


def _digest(path: Path, beat: Callable[[float], None]) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            beat(done)
    return digest.hexdigest()


def _claim_bytes(job: TranscodeJob, sha256: str) -> None:
    """The same bytes are never worked on twice at once; raises `Busy`."""
    try:
        with transaction.atomic():
            _held(job, sha256=sha256, leased_until=clock.now() + LEASE)
    except IntegrityError as error:
        raise Busy from error


def _attach(job: TranscodeJob, sha256: str) -> bool:
    """Use the ladder that these bytes already have, if any."""
    with transaction.atomic():
        found = (
            Encoding.objects.select_for_update()
            .filter(organisation_id=job.organisation_id, sha256=sha256, recipe=ladder.RECIPE)
            .first()
        )
        if found is None:
            return False
        _finish(job, found)
    return True


def _make(job: TranscodeJob, path: Path, folder: Path, sha256: str) -> None:
    source = _inspect(job, path)
    output = folder / "output"
    output.mkdir()
    try:
        made = encode.encode(source, path, output, _beats(job, FETCHED, ENCODED, source.duration))
    except FfmpegError as error:
        if error.reason in ("missing", "disk-full", "timeout"):
            raise
        raise Hopeless("failed" if error.reason == "stalled" else error.reason, error.detail) from error
    encoding = Encoding(
        organisation_id=job.organisation_id,
        sha256=sha256,
        recipe=ladder.RECIPE,
        rungs=made.rungs,
        captions=made.captions,
        width=source.width,
        height=source.height,
        seconds=made.seconds,
    )
    if made.has_poster:
        encoding.poster = f"{encoding.folder}/{encode.POSTER}"
    # Owed from before the first file lies there: a worker killed while storing leaves nothing for ever.
    owed = Leftover.objects.create(folder=encoding.folder, due_at=clock.now() + LEFTOVER_AFTER)
    store().put_tree(output, encoding.folder, _beats(job, ENCODED, 100, made.size))
    with transaction.atomic():
        encoding.save(force_insert=True)
        _finish(job, encoding)
        owed.delete()


def _inspect(job: TranscodeJob, path: Path) -> probe.Source:
    try:
        with path.open("rb") as file:
            found = sniff.sniff(file.read(sniff.HEAD_BYTES))
        source = probe.inspect(path, demuxer=found.demuxer)
    except sniff.Unknown as error:
        raise Hopeless(error.looks_like) from error
    except probe.Unreadable as error:
        raise Hopeless(error.reason, error.detail) from error
    _held(job, leased_until=clock.now() + LEASE)
    return source


def _finish(job: TranscodeJob, encoding: Encoding) -> None:
    """Inside a transaction: the job is done if it is still ours, and its asset can be played."""
    _held(job, state=State.DONE, progress=100, finished_at=clock.now(), leased_until=None, error="", detail="")
    Asset.objects.filter(pk=job.asset_id).update(
        state=Asset.State.READY,
        encoding=encoding,
        sha256=encoding.sha256,
        kind=Asset.Kind.VIDEO if encoding.width else Asset.Kind.AUDIO,
        width=encoding.width or None,
        height=encoding.height or None,
        seconds=encoding.seconds,
        error="",
    )


def _fail(job: TranscodeJob, reason: str, detail: str = "") -> None:
    with contextlib.suppress(LeaseLost), transaction.atomic():
        _held(job, state=State.FAILED, error=reason, detail=detail[-4000:], finished_at=clock.now(), leased_until=None)
        Asset.objects.filter(pk=job.asset_id).update(state=Asset.State.FAILED, error=reason)
        publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))


def _put_back(job: TranscodeJob, *, wait: timedelta, counts: bool, detail: str = "") -> None:
    if counts and job.attempts >= TranscodeJob.MOST_ATTEMPTS:
        _fail(job, "failed", detail)
        return
    attempts = job.attempts if counts else job.attempts - 1
    with contextlib.suppress(LeaseLost):
        _held(
            job,
            state=State.WAITING,
            progress=0,
            attempts=attempts,
            sha256="",
            leased_until=None,
            not_before=clock.now() + wait,
            detail=detail[-4000:],
        )
