"""AWS MediaConvert behind the same job row: a worker hands the ladder over, beat asks after it and lists the result.

The row stays `running` without a worker: its `remote` names MediaConvert's job and what is to be listed.
"""

import logging
import re
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction

from apps.core import clock
from apps.live import publish
from apps.media import broadcasts
from apps.media.adapters import encode, ladder, mediaconvert, probe
from apps.media.models import Encoding, Leftover, TranscodeJob
from apps.media.registry import Missing, store
from apps.media.services import endings, leases

MOST_HOURS = 12
BATCH = 50
_DURATION = re.compile(r"^#EXTINF:([0-9.]+)", re.M)
_RATES = re.compile(
    r"^#EXT-X-STREAM-INF:(?:.*,)?BANDWIDTH=(?P<peak>\d+)(?:.*AVERAGE-BANDWIDTH=(?P<average>\d+))?", re.M
)

log = logging.getLogger(__name__)


def is_wanted() -> bool:
    return settings.MEDIACONVERT is not None


def hand_over(job: TranscodeJob, source: probe.Source, encoding: Encoding) -> None:
    """Ask MediaConvert for the ladder; everything else of the encoding lies in storage already."""
    bucket = settings.AWS_STORAGE_BUCKET_NAME
    rungs = ladder.choose(source)
    asked = mediaconvert.job_settings(
        source, rungs, read=f"s3://{bucket}/{job.asset.original}", write=f"s3://{bucket}/{encoding.folder}"
    )
    encoding.rungs = [rung.as_json() for rung in rungs]
    encoding.sounds = encode.describe_sounds(source)
    how = settings.MEDIACONVERT
    if how is None:
        raise RuntimeError("MEDIACONVERT_ROLE is not set")
    remote_id = mediaconvert.service().start(asked, role=how.role, queue=how.queue, token=encoding.key)
    # What was stored stays while it may still be worked on.
    Leftover.objects.filter(folder=encoding.folder).update(due_at=clock.now() + timedelta(hours=2 * MOST_HOURS))
    remote = {"id": remote_id, "encoding": _kept(encoding)}
    try:
        leases.change_held(job, step=TranscodeJob.Step.EXTRAS, leased_until=None, remote=remote)
    except leases.LeaseLost:  # stopped at this very moment
        end_conversion(remote_id)
        raise


KEPT = (
    "key", "sha256", "recipe", "rungs", "sounds", "captions", "width", "height", "poster", "storyboard", "waveform",
    "loudness", "gain",
)  # fmt: skip


def _kept(encoding: Encoding) -> dict[str, Any]:
    return {name: getattr(encoding, name) for name in KEPT}


def ask_for_poll() -> bool:
    """Have a worker of films ask MediaConvert; whether there is anything to ask. Beat calls it, and does not wait."""
    is_open = is_wanted() and TranscodeJob.objects.remote().exists()
    if is_open:
        current_app.send_task("media.poll_conversions", expires=30, retry=False)
    return is_open


def poll_conversions() -> int:
    """Ask after the jobs that MediaConvert has, those that were not asked about for longest first; returns how many
    ended. Twice at once is harmless."""
    open_jobs = TranscodeJob.objects.remote().select_related("asset__event").order_by("not_before")[:BATCH]
    return sum(_poll(job) for job in open_jobs) if is_wanted() else 0


def _poll(job: TranscodeJob) -> bool:
    TranscodeJob.objects.filter(pk=job.pk).update(not_before=clock.now())
    if job.remote is None:
        return False
    try:
        look = mediaconvert.service().look(job.remote["id"])
        if look.state == "open":
            return _go_on(job, look.percent)
        if look.state == "failed":
            endings.fail_job(job, "failed", look.detail)
        else:
            _list(job, job.remote["encoding"])
    except leases.LeaseLost:
        return False
    except Missing as error:  # done, they say, and a rendition is not there
        endings.fail_job(job, "failed", f"MediaConvert's {job.remote['id']}: {error}")
    except Exception:
        # AWS is away, or says no: the next round asks again, until the hours are over.
        log.exception("MediaConvert could not be asked about job %s", job.pk)
        return _is_over(job)
    return True


def _go_on(job: TranscodeJob, percent: int) -> bool:
    if _is_over(job):
        return True
    job.progress = round(leases.MEASURED + (leases.ENCODED - leases.MEASURED) * percent / 100)
    leases.change_held(job, progress=job.progress)
    publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))
    return False


def _is_over(job: TranscodeJob) -> bool:
    is_over = job.started_at is None or clock.now() - job.started_at > timedelta(hours=MOST_HOURS)
    if is_over:
        ask_to_end(job)
        endings.fail_job(job, "stopped")
    return is_over


def ask_to_end(job: TranscodeJob) -> None:
    """Nobody waits for it any more. By a task: AWS may take longer to answer than the caller has."""
    if job.remote:
        args = [job.remote["id"]]
        transaction.on_commit(
            lambda: current_app.send_task("media.end_conversion", args=args, retry=False), robust=True
        )


def end_conversion(remote_id: str) -> None:
    """What it has written so far is swept."""
    mediaconvert.service().cancel(remote_id)


def _list(job: TranscodeJob, kept: dict[str, Any]) -> None:
    encoding = Encoding(organisation_id=job.organisation_id, **kept)
    encoding.seconds = 0.0
    for rendition in [*encoding.rungs, *encoding.sounds]:
        folder = f"{encoding.folder}/{rendition['name']}"
        length = _take_playlist(folder)
        rendition["peak"], rendition["average"] = _rates(folder, rendition)
        encoding.seconds = max(encoding.seconds, round(length, 3))
    try:
        with transaction.atomic():
            encoding.save(force_insert=True)
            endings.list_encoding(job, encoding)
            Leftover.objects.filter(folder=encoding.folder).delete()
    except IntegrityError as error:  # another round was quicker
        raise leases.LeaseLost from error
    publish.state(job.asset.event_id, broadcasts.progress_topic(job.asset_id))


def _take_playlist(folder: str) -> float:
    """Give a rendition's playlist the name under which ours lie; its length in seconds."""
    text = _read(f"{folder}/{mediaconvert.PLAYLIST}")
    seconds = sum(float(one) for one in _DURATION.findall(text))
    if not seconds:
        raise Missing(f"{folder} has not one segment")
    with tempfile.TemporaryDirectory(prefix="plenary-playlist-") as place:
        path = Path(place) / "index.m3u8"
        path.write_text(text)
        store().put(path, f"{folder}/index.m3u8", content_type="application/vnd.apple.mpegurl")
    return seconds


def _rates(folder: str, rendition: dict[str, Any]) -> tuple[int, int]:
    """Peak and average bits a second, as the rendition's own master says; of sound it says nothing, which is even."""
    said = _RATES.search(_read(f"{folder}/{mediaconvert.MASTER}"))
    if said is None:
        most = ladder.AUDIO_KBPS if "role" in rendition else rendition["kbps"]
        return most * 1000, most * 1000
    peak, average = int(said["peak"]), int(said["average"] or said["peak"])
    return peak, average


def _read(name: str) -> str:
    return store().read(name, 0, store().size(name)).decode()
