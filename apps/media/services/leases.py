"""A job is held by a lease that its worker renews: what a worker may change of it, and that no two have the same."""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.core import clock, ids
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import AddedSound, FileJob, TranscodeJob, WordJob

Leased = TranscodeJob | FileJob | WordJob | AddedSound
"""Rows that one worker at a time holds; they call what they have alike."""

LEASE = timedelta(seconds=90)
RETRY_WAITS = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=15))
"""After each attempt at which the machine failed: storage may be away for a quarter of an hour."""
BEAT_SECONDS = 0.5
"""Also how soon a job that was stopped is left off."""

# Percent at which each step ends; nearly all the time is in the ladder.
FETCHED, LOOKED, MEASURED, ENCODED, SHOWN = 4, 6, 12, 92, 94

State = TranscodeJob.State


def retry_wait(attempts: int) -> timedelta:
    """How long the next attempt waits, after so many."""
    return RETRY_WAITS[min(max(attempts, 1), len(RETRY_WAITS)) - 1]


class LeaseLost(Exception):
    """The job was stopped, or another worker has taken it up; whatever this one makes is not listed."""


class Hopeless(Exception):
    """Trying again would fail in the same way; the message is a code of the job's own reasons."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Busy(Exception):
    """Another job works on the same bytes."""


def claim_job(job_id: int) -> TranscodeJob | None:
    """Take the job if it is free."""
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
            remote=None,
        )
    )
    if not taken:
        return None
    return TranscodeJob.objects.select_related("asset__event").get(pk=job_id, lease=lease)


def change_held(job: Leased, **changes: object) -> None:
    """Change the job if the lease is still ours; raises `LeaseLost`."""
    mine = type(job)._base_manager.filter(pk=job.pk, lease=job.lease, state=State.RUNNING)
    if not mine.update(**changes):
        raise LeaseLost


def claim_bytes(job: TranscodeJob, sha256: str) -> None:
    """The same bytes are never worked on twice at once; raises `Busy`."""
    try:
        with transaction.atomic():
            change_held(job, sha256=sha256, leased_until=clock.now() + LEASE)
    except IntegrityError as error:
        raise Busy from error


def finish_step(job: TranscodeJob, step: str) -> None:
    change_held(job, step=step, leased_until=clock.now() + LEASE)


def beats(job: Leased, start: float, end: float, total: float, *, lasts: timedelta = LEASE) -> Callable[[float], None]:
    """A function of how much of `total` is done that renews the lease and keeps the progress, in percent from `start`
    to `end`, twice a second."""
    last = 0.0

    def beat(done: float) -> None:
        nonlocal last
        if time.monotonic() - last < BEAT_SECONDS:
            return
        last = time.monotonic()
        share = min(1.0, done / total) if total > 0 else 0.0
        job.progress = round(start + (end - start) * share)
        change_held(job, progress=job.progress, leased_until=clock.now() + lasts)
        if isinstance(job, TranscodeJob | FileJob):  # those that people watch at the desk
            publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))

    return beat
