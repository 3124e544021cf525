"""How far the preparation of a file is."""

from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core import clock
from apps.media import broadcasts
from apps.media.models import Asset, FileJob, TranscodeJob

if TYPE_CHECKING:
    pass
from apps.media.selectors.reasons import reason


# Progress ---------------------------------------------------------------------------------------------------------
def progress(event_id: int, asset_id: int) -> broadcasts.Progress | None:
    found = Asset.every.filter(event_id=event_id, pk=asset_id).first()
    return None if found is None else broadcasts.progress(found, job_of(found))


class Row(TypedDict):
    """How far an asset is, in the reader's words."""

    percent: int
    words: str
    is_open: bool
    is_failed: bool


def row(asset: Asset) -> Row:
    """Give an asset with its `job` and `file_job`."""
    job: TranscodeJob | FileJob | None = getattr(asset, "job", None) or getattr(asset, "file_job", None)
    percent = 100 if asset.state == Asset.State.READY else job.progress if job else 0
    return {
        "percent": percent,
        "words": _words(asset, job, percent),
        "is_open": asset.state == Asset.State.PROCESSING,
        "is_failed": asset.state == Asset.State.FAILED,
    }


def _words(asset: Asset, job: TranscodeJob | FileJob | None, percent: int) -> str:
    if asset.state == Asset.State.FAILED:
        return reason(asset.error)
    if asset.state == Asset.State.READY:
        return str(_("Ready"))
    if job is None or job.state == TranscodeJob.State.WAITING:
        return str(_("Waiting for its turn"))
    left = time_left(job)
    if left is None:
        return str(_("Being prepared, %(percent)s%%") % {"percent": percent})
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return str(_("%(percent)s%%, less than a minute left") % {"percent": percent})
    words = ngettext("%(percent)s%%, %(count)s minute left", "%(percent)s%%, %(count)s minutes left", minutes)
    return words % {"percent": percent, "count": minutes}


def job_of(asset: Asset) -> TranscodeJob | FileJob | None:
    """What a worker does with it now, or did last."""
    return TranscodeJob.objects.filter(asset=asset).first() or FileJob.objects.filter(asset=asset).first()


def time_left(job: TranscodeJob | FileJob) -> timedelta | None:
    """A guess from the pace so far; None while there is too little to go by."""
    if job.state != TranscodeJob.State.RUNNING or job.started_at is None or job.progress < 3:
        return None
    return (clock.now() - job.started_at) / job.progress * (100 - job.progress)
