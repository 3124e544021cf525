"""Writes of media: bringing files in, making films playable, and letting files go."""

from apps.media.services.copying import copy_files
from apps.media.services.keeping import bring_pictures, keep_pictures, let_pictures_go, owe_sweep_of_kept
from apps.media.services.library import (
    change_asset,
    delete_asset,
    ingest_file,
    owe_sweep,
    put_away,
    rename_asset,
    sweep_leftovers,
)
from apps.media.services.transcoding import requeue_jobs, retry_transcode, run_job, start_transcode
from apps.media.services.uploads import (
    abandon_upload,
    close_stale_uploads,
    complete_upload,
    create_upload,
    part_targets,
)

__all__ = [
    "abandon_upload",
    "bring_pictures",
    "change_asset",
    "close_stale_uploads",
    "complete_upload",
    "copy_files",
    "create_upload",
    "delete_asset",
    "ingest_file",
    "keep_pictures",
    "let_pictures_go",
    "owe_sweep",
    "owe_sweep_of_kept",
    "part_targets",
    "put_away",
    "rename_asset",
    "requeue_jobs",
    "retry_transcode",
    "run_job",
    "start_transcode",
    "sweep_leftovers",
]
