"""What is told live of an asset's preparation, and under which topic; for those who look after the event."""

from typing import TypedDict

from apps.media.models import Asset, TranscodeJob

PROGRESS = "asset/{asset_id:int}/progress"


class Progress(TypedDict):
    """How far an asset is. What remains is told from `started` and `percent`; `error` is a code, or empty."""

    id: int
    state: str
    percent: int
    started: str | None
    attempts: int
    error: str


def progress_topic(asset_id: int) -> str:
    return f"asset/{asset_id}/progress"


def progress(asset: Asset, job: TranscodeJob | None) -> Progress:
    percent = 100 if asset.state == Asset.State.READY else job.progress if job else 0
    return {
        "id": asset.pk,
        "state": asset.state if job is None or asset.state != Asset.State.PROCESSING else job.state,
        "percent": percent,
        "started": job.started_at.isoformat() if job and job.started_at else None,
        "attempts": job.attempts if job else 0,
        "error": asset.error,
    }
