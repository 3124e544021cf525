"""How a job ends: what it made is listed, or it says why there is nothing."""

import contextlib

from django.db import transaction

from apps.core import clock
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import Asset, Encoding, TranscodeJob
from apps.media.services import leases, replacing


def list_encoding(job: TranscodeJob, encoding: Encoding) -> None:
    """Inside a transaction: the job is done if it is still ours, and its asset can be played."""
    leases.change_held(
        job,
        state=TranscodeJob.State.DONE,
        step=TranscodeJob.Step.STORE,
        progress=100,
        finished_at=clock.now(),
        leased_until=None,
        remote=None,
        error="",
        detail="",
    )
    Asset.every.filter(pk=job.asset_id).update(
        state=Asset.State.READY,
        encoding=encoding,
        sha256=encoding.sha256,
        kind=Asset.Kind.VIDEO if encoding.width else Asset.Kind.AUDIO,
        width=encoding.width or None,
        height=encoding.height or None,
        seconds=encoding.seconds,
        error="",
    )
    replacing.settle(job.asset_id)


def fail_job(job: TranscodeJob, reason: str, detail: str = "") -> None:
    """`reason` is a code of `selectors.REASONS`; `detail` is for whoever runs the platform."""
    failed = TranscodeJob.State.FAILED
    with contextlib.suppress(leases.LeaseLost), transaction.atomic():
        leases.change_held(
            job,
            state=failed,
            error=reason,
            detail=detail[-4000:],
            finished_at=clock.now(),
            leased_until=None,
            remote=None,
        )
        Asset.every.filter(pk=job.asset_id).update(state=Asset.State.FAILED, error=reason)
        publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))
