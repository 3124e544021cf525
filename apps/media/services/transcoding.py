"""Making films playable: a job is a row that a worker carries through its steps; it can be stopped and tried again."""

import contextlib
import errno
from datetime import timedelta

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.adapters import workplace
from apps.media.adapters.ffmpeg import FfmpegError
from apps.media.models import Asset, TranscodeJob
from apps.media.services import converting, endings, leases, making

SAME_BYTES_WAIT = timedelta(seconds=15)

State = TranscodeJob.State


def start_transcode(asset: Asset) -> TranscodeJob:
    """Write the job and tell a worker after commit. If the broker never hears of it, beat does."""
    job, made = TranscodeJob.objects.get_or_create(
        asset=asset, defaults={"organisation_id": asset.event.organisation_id}
    )
    if made:
        _tell_worker(job)
    return job


def cancel_transcode(asset: Asset) -> TranscodeJob:
    """Stop the preparation, whoever works on it: they find their lease gone within half a second, and end ffmpeg.

    Raises `Refused` where nothing is being prepared.
    """
    with transaction.atomic():
        job = TranscodeJob.objects.select_for_update().filter(asset=asset).first()
        changed = TranscodeJob.objects.filter(asset=asset, state__in=(State.WAITING, State.RUNNING)).update(
            state=State.CANCELLED, lease="", leased_until=None, sha256="", finished_at=clock.now(), error="cancelled"
        )
        if job is None or not changed:
            raise Refused("media.not-open", _("Nothing is being prepared here that could be stopped."))
        Asset.every.filter(pk=asset.pk).update(state=Asset.State.FAILED, error="cancelled")
        publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))
        converting.ask_to_end(job)
    return TranscodeJob.objects.get(asset=asset)


def retry_transcode(asset: Asset) -> TranscodeJob:
    """Begin again after a failure, or after it was stopped; raises `Refused` while it is being worked on."""
    with transaction.atomic():
        changed = TranscodeJob.objects.filter(asset=asset, state__in=(State.FAILED, State.CANCELLED)).update(
            state=State.WAITING,
            step="",
            remote=None,
            attempts=0,
            progress=0,
            error="",
            detail="",
            not_before=clock.now(),
            sha256="",
        )
        if not changed:
            raise Refused("media.not-failed", _("Only what has failed can be tried again."))
        Asset.every.filter(pk=asset.pk).update(state=Asset.State.PROCESSING, error="")
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
    workplace.forget_old()
    job = leases.claim_job(job_id)
    if job is None:
        return False
    try:
        with workplace.hold(job.asset.key) as place:
            return _carry(job, place)
    except workplace.Taken:
        # A worker of this machine that was thought dead; it will find its lease gone.
        _put_back(job, wait=SAME_BYTES_WAIT, counts=False)
        return False


def _carry(job: TranscodeJob, place: workplace.Workplace) -> bool:
    if job.attempts > TranscodeJob.MOST_ATTEMPTS:
        endings.fail_job(job, "stopped")
        place.remove()
        return False
    try:
        is_playable = making.make_playable(job, place)
    except leases.LeaseLost:
        if not TranscodeJob.objects.filter(pk=job.pk, state__in=(State.WAITING, State.RUNNING)).exists():
            place.remove()
        return False
    except leases.Busy:
        _put_back(job, wait=SAME_BYTES_WAIT, counts=False)
        return False
    except leases.Hopeless as error:
        endings.fail_job(job, error.reason, error.detail)
        place.remove()
        return False
    except Exception as error:
        # The machine's fault (disk full, storage away, ffmpeg missing): worth another attempt, with the steps so far.
        will_go_on = _put_back(job, wait=leases.retry_wait(job.attempts), counts=True, detail=_said(error))
        if not will_go_on or _is_full(error):
            place.remove()
        raise
    place.remove()
    return is_playable


def _said(error: Exception) -> str:
    detail = error.detail if isinstance(error, FfmpegError) else ""
    return f"{error}\n{detail}".strip()


def _is_full(error: Exception) -> bool:
    if isinstance(error, FfmpegError):
        return error.reason == "disk-full"
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _put_back(job: TranscodeJob, *, wait: timedelta, counts: bool, detail: str = "") -> bool:
    """For another attempt; False where it was the last."""
    if counts and job.attempts >= TranscodeJob.MOST_ATTEMPTS:
        endings.fail_job(job, "failed", detail)
        return False
    attempts = job.attempts if counts else job.attempts - 1
    with contextlib.suppress(leases.LeaseLost):
        leases.change_held(
            job,
            state=State.WAITING,
            progress=0,
            attempts=attempts,
            sha256="",
            leased_until=None,
            not_before=clock.now() + wait,
            detail=detail[-4000:],
        )
    return True
