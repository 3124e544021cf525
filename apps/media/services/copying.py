"""The files of an event that is duplicated: rows of their own that show the same bytes in storage."""

from operator import attrgetter

from apps.events.registry.copying import Copy
from apps.media.models import Asset

KEPT = (
    "kind", "state", "original", "file_name", "content_type", "size", "sha256", "width", "height", "seconds", "error",
)  # fmt: skip


def copy_files(copy: Copy) -> None:
    """Nothing is moved in storage: a file goes with the last row that shows it (`library.sweep_leftovers`).

    The rows are held, so that whoever deletes one of them waits until the new one is there.
    """
    ready = Asset.objects.filter(event=copy.source, state=Asset.State.READY).select_for_update(no_key=True)
    kept = {name: attrgetter(name) for name in KEPT}
    copy.rows(ready, encoding=attrgetter("encoding_id"), uploaded_by=copy.by.pk, **kept)
