"""The trash: what is thrown away is kept there for thirty days, and comes back as it was."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction

from apps.core import clock
from apps.events.models import Event
from apps.media.models import Asset

KEPT_FOR = timedelta(days=30)


def trash_assets(event: Event, keys: Collection[str]) -> int:
    """Out of the library, and out of all that shows them; returns how many. What is there already stays."""
    return event.assets.filter(key__in=keys).update(deleted_at=clock.now())


def restore_assets(event: Event, keys: Collection[str]) -> int:
    """Back from the trash, to where they were and to whatever showed them; returns how many."""
    return Asset.every.filter(event=event, key__in=keys, deleted_at__isnull=False).update(deleted_at=None)


@transaction.atomic
def delete_trashed(event: Event, keys: Collection[str]) -> int:
    """For good; what is not in the trash stays. Their files are swept afterwards."""
    rows = Asset.every.filter(event=event, key__in=keys, deleted_at__isnull=False)
    return _delete(rows.values_list("pk", flat=True))


def empty_trash(*, limit: int = 200) -> int:
    """Delete for good what has been in the trash for its time. Beat calls it; doing it twice is harmless."""
    due = Asset.every.filter(deleted_at__lt=clock.now() - KEPT_FOR).order_by("deleted_at")
    with transaction.atomic():
        return _delete(due.values_list("pk", flat=True)[:limit])


def _delete(ids: Collection[int]) -> int:
    """Those of them that nobody took back meanwhile."""
    held = list(
        Asset.every.filter(pk__in=list(ids), deleted_at__isnull=False).order_by("pk").select_for_update(of=("self",))
    )
    Asset.every.filter(pk__in=[asset.pk for asset in held]).delete()
    return len(held)


@transaction.atomic
def delete_asset(asset: Asset) -> None:
    """Take an asset away everywhere and at once, without the trash; its files are swept afterwards."""
    Asset.every.filter(pk=asset.pk).delete()  # as it is now: its bytes may have been replaced since it was read
