"""What is left over in storage: folders that no row names any more are owed a sweep, and swept."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Model

from apps.core import clock
from apps.media.models import (
    Asset,
    AssetVersion,
    Cut,
    DocumentPages,
    Encoding,
    KeptPicture,
    Leftover,
    ShelfFile,
    StoredFile,
)
from apps.media.registry import store

logger = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
NAMING = (Asset.every, AssetVersion.objects, KeptPicture.objects, ShelfFile.objects)
"""Every table whose rows name a file in storage."""
SHOWING = (Asset.every, AssetVersion.objects, ShelfFile.objects)
"""Every table whose rows name a ladder, or pages."""


def owe_sweep(row: Asset | StoredFile | KeptPicture) -> None:
    """Called when a row that names a file goes, by whatever way: the folder of the file, and what was made of it where
    no other row shows it."""
    if folder := row.lies_in:
        # Not "get or create": whoever sweeps the folder at this moment may still have seen the row, and lets it lie.
        Leftover.objects.update_or_create(folder=folder, defaults={"due_at": clock.now()})
    if isinstance(row, KeptPicture):
        return
    let_encoding_go(row.encoding_id)
    pages = DocumentPages.objects.select_for_update().filter(pk=row.pages_id or 0).first()
    if pages and not _is_shown(pages=pages):
        Leftover.objects.get_or_create(folder=pages.folder)
        pages.delete()


def let_encoding_go(encoding_id: int | None) -> None:
    """One that nothing shows or is cut of, and with which no film is heard; then the one that it was cut of, where it
    was the last."""
    held = Encoding.objects.select_for_update().filter(pk=encoding_id or 0).first()
    if held is None or _is_shown(encoding=held) or held.cuts.exists() or held.added_sounds.exists():
        return
    cut = Cut.objects.filter(encoding=held).first()
    Leftover.objects.get_or_create(folder=held.folder)
    held.delete()
    if cut:
        let_encoding_go(cut.source_id)


def _is_shown(**made: Model) -> bool:
    return any(rows.filter(**made).exists() for rows in SHOWING)


def sweep_leftovers(*, limit: int = 50) -> int:
    """Delete folders of storage that are due; returns how many. Beat calls it; doing it twice is harmless.

    What a copy in another event still shows, or the organisation keeps, stays; it is owed again when that one goes.
    """
    due = Leftover.objects.filter(due_at__lte=clock.now()).order_by("due_at").values_list("pk", flat=True)[:limit]
    return sum(_sweep_alone(pk) for pk in due)


def _sweep_alone(pk: int) -> bool:
    """One that cannot be swept holds up no other; it is owed again in an hour."""
    try:
        return _sweep(pk)
    except Exception:
        logger.exception("The folder of leftover %s could not be swept.", pk)
        Leftover.objects.filter(pk=pk).update(due_at=clock.now() + AGAIN_AFTER)
        return False


@transaction.atomic
def _sweep(pk: int) -> bool:
    leftover = Leftover.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if leftover is None:
        return False
    if leftover.folder and not any(rows.filter(original__startswith=f"{leftover.folder}/").exists() for rows in NAMING):
        store().delete_tree(leftover.folder)
    leftover.delete()
    return True
