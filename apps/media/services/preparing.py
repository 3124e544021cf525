"""What a worker does with files before they are ready: a scanner looks at them, large pictures are written anew, and
the pages of documents are drawn. A job is a row, held by a lease that its worker renews."""

import contextlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.adapters import clamd, documents, pictures
from apps.media.models import Asset, DocumentPages, FileJob, Leftover
from apps.media.registry import Missing, store
from apps.media.services import leases, replacing, sweeping, transcoding
from apps.media.services.leases import LEASE, Hopeless, LeaseLost, beats, change_held

SCANNER_WAIT = timedelta(seconds=30)
SCANNER_PATIENCE = timedelta(days=2)
"""A scanner that is away for longer is not coming back by itself."""
LEFTOVER_AFTER = timedelta(hours=24)

# Percent at which each step ends.
FETCHED, SCANNED, DRAWN = 5, 25, 95

State = FileJob.State


def is_needed(asset: Asset) -> bool:
    """Whether a worker has something to do with this file before it is ready, or after (pages)."""
    is_as_it_came = asset.kind == Asset.Kind.IMAGE and asset.width is None
    return clamd.is_set() or asset.has_drawn_pages or is_as_it_came


def start(asset: Asset) -> FileJob:
    """Write the job and tell a worker after commit. If the broker never hears of it, beat does."""
    job, made = FileJob.objects.get_or_create(asset=asset)
    if made:
        _tell_worker(job)
    return job


def prepare_again(asset: Asset) -> None:
    """Begin again after a failure, of whatever had to be done; raises `Refused` where nothing has failed."""
    with transaction.atomic():
        changed = FileJob.objects.filter(asset=asset, state=State.FAILED).update(
            state=State.WAITING,
            attempts=0,
            progress=0,
            error="",
            detail="",
            not_before=clock.now(),
            made_at=clock.now(),
        )
        if changed and not asset.has_file:
            raise Refused("media.gone", _("This file was taken away. Bring another one."))
        if changed:
            failed = Asset.every.filter(pk=asset.pk, state=Asset.State.FAILED)
            failed.update(state=Asset.State.PROCESSING, error="")
            _tell_worker(FileJob.objects.get(asset=asset))
            publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))
            return
    transcoding.retry_transcode(asset)


def requeue_file_jobs(*, limit: int = 50) -> int:
    """Tell workers of every job that is free: never heard of, due again, or left by a killed worker. Beat calls it."""
    free = FileJob.objects.free(clock.now()).order_by("not_before")[:limit]
    for job in free:
        _tell_worker(job, expires=60)
    return len(free)


def _tell_worker(job: FileJob, *, expires: int | None = None) -> None:
    pk = job.pk
    transaction.on_commit(
        lambda: current_app.send_task("media.prepare", args=[pk], expires=expires, retry=False), robust=True
    )


def run_file_job(job_id: int) -> bool:
    """Take the job if it is free and carry it to its end; returns whether all of it was done."""
    job = _claim(job_id)
    if job is None:
        return False
    if job.attempts > FileJob.MOST_ATTEMPTS:
        _fail(job, "stopped-file")
        return False
    folder = Path(tempfile.mkdtemp(prefix="plenary-file-"))
    try:
        _work(job, folder)
    except LeaseLost:
        return False
    except Hopeless as error:
        _fail(job, error.reason, error.detail)
        return False
    except clamd.Away as error:
        _wait_for_scanner(job, str(error))
        return False
    except Exception as error:
        # The machine's fault (disk full, storage away): worth another attempt.
        _put_back(job, wait=leases.retry_wait(job.attempts), attempts=job.attempts, detail=str(error))
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _claim(job_id: int) -> FileJob | None:
    now, lease = clock.now(), ids.new_token()
    taken = (
        FileJob.objects.free(now)
        .filter(pk=job_id)
        .update(
            state=State.RUNNING,
            lease=lease,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
            started_at=now,
            progress=0,
        )
    )
    if not taken:
        return None
    return FileJob.objects.select_related("asset__event").get(pk=job_id, lease=lease)


def _work(job: FileJob, folder: Path) -> None:
    asset = job.asset
    try:
        source = store().fetch(asset.original, folder, beats(job, 0, FETCHED, asset.size))
    except Missing as error:
        raise Hopeless("missing") from error
    if clamd.is_set() and not asset.is_scanned:
        _scan(job, source)
    if asset.is_played:
        with transaction.atomic():
            _done(job)
            transcoding.start_transcode(asset)
    elif asset.kind == Asset.Kind.IMAGE:
        _rewrite(job, source, folder)
    elif asset.has_drawn_pages:
        _make_ready(job)
        _draw(job, source, folder)
    else:
        _settle(job)
    publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))


def _scan(job: FileJob, source: Path) -> None:
    asset = job.asset
    try:
        found = clamd.scan(source, beats(job, FETCHED, SCANNED, asset.size))
    except clamd.TooLarge as error:
        if asset.is_played:  # its original stays with the organisers, and all others get is made anew from it
            return
        raise Hopeless("scan-size", str(error)) from error
    if found:
        store().delete_tree(asset.lies_in)
        Asset.every.filter(pk=asset.pk).update(original="", size=0)
        raise Hopeless("infected", found)
    Asset.every.filter(pk=asset.pk).update(is_scanned=True)
    asset.is_scanned = True


def _rewrite(job: FileJob, source: Path, folder: Path) -> None:
    asset, came_as = job.asset, job.asset.original
    if asset.width:  # it was small, and written anew when it came
        _settle(job)
        return
    try:
        picture = pictures.rewrite(source, folder)
    except pictures.BadPicture as bad:
        raise Hopeless(bad.reason) from bad
    kept = f"{asset.lies_in}/{picture.path.name}"
    store().put(picture.path, kept, content_type=picture.mime)
    with transaction.atomic():
        _done(job)
        Asset.every.filter(pk=asset.pk).update(
            original=kept,
            content_type=picture.mime,
            size=picture.path.stat().st_size,
            width=picture.width,
            height=picture.height,
        )
        _make_ready(job)
        transaction.on_commit(lambda: store().delete(came_as), robust=True)


def _draw(job: FileJob, source: Path, folder: Path) -> None:
    output = folder / "pages"
    output.mkdir()
    try:
        drawn = documents.draw(source, output, beats(job, SCANNED, DRAWN, 1.0))
    except documents.BadDocument as bad:
        raise Hopeless(bad.reason, bad.detail) from bad
    pages = DocumentPages(sizes=drawn.sizes, count=drawn.count)
    # Owed from before the first file lies there: a worker killed while storing leaves nothing for ever.
    owed = Leftover.objects.create(folder=pages.folder, due_at=clock.now() + LEFTOVER_AFTER)
    size = sum(path.stat().st_size for path in output.iterdir())
    store().put_tree(output, pages.folder, beats(job, DRAWN, 100, size))
    with transaction.atomic():
        _done(job)
        pages.save(force_insert=True)
        # Its bytes, wherever they are kept by now, and not its row: whoever replaced them has pages of their own.
        for rows in sweeping.SHOWING:
            rows.filter(original=job.asset.original).update(pages=pages)
        owed.delete()


@transaction.atomic
def _settle(job: FileJob) -> None:
    _make_ready(job)
    _done(job)


def _make_ready(job: FileJob) -> None:
    """It can be seen from now on, or takes the place of what it is to replace."""
    waiting = Asset.every.filter(pk=job.asset_id, state=Asset.State.PROCESSING)
    if waiting.update(state=Asset.State.READY, error=""):
        replacing.settle(job.asset_id)
        job.asset_id = FileJob.objects.values_list("asset_id", flat=True).get(pk=job.pk)  # the file that it replaced


def _done(job: FileJob) -> None:
    change_held(job, state=State.DONE, progress=100, leased_until=None, error="", detail="")


def _fail(job: FileJob, reason: str, detail: str = "") -> None:
    """The file as well, unless it is ready and only its pages are missing."""
    with contextlib.suppress(LeaseLost), transaction.atomic():
        change_held(job, state=State.FAILED, error=reason, detail=detail[-4000:], leased_until=None)
        waiting = Asset.every.filter(pk=job.asset_id, state=Asset.State.PROCESSING)
        waiting.update(state=Asset.State.FAILED, error=reason)
        publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))


def _wait_for_scanner(job: FileJob, detail: str) -> None:
    if clock.now() - job.made_at > SCANNER_PATIENCE:
        _fail(job, "scanner", detail)
    else:
        _put_back(job, wait=SCANNER_WAIT, attempts=job.attempts - 1, detail=detail)


def _put_back(job: FileJob, *, wait: timedelta, attempts: int, detail: str) -> None:
    if attempts >= FileJob.MOST_ATTEMPTS:
        _fail(job, "stopped-file", detail)
        return
    with contextlib.suppress(LeaseLost):
        change_held(
            job,
            state=State.WAITING,
            progress=0,
            attempts=attempts,
            leased_until=None,
            not_before=clock.now() + wait,
            detail=detail[-4000:],
        )
