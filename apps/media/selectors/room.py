"""How much the files of an event take, and how much they may."""

from typing import TypedDict

from django.conf import settings
from django.db.models import QuerySet, Sum

from apps.events.models import Event
from apps.media.models import Asset, AssetVersion, Upload


class Room(TypedDict):
    """In bytes."""

    taken: int
    """What is on its way counts as if it were here, and so do the trash and the earlier versions of what was replaced;
    what transcoding makes does not count."""
    trash: int
    most: int


def room(event: Event) -> Room:
    assets = Asset.every.filter(event=event)
    uploads = event.uploads.filter(state=Upload.State.OPEN)
    return {
        "taken": bytes_of(assets, uploads, AssetVersion.objects.filter(asset__event=event)),
        "trash": bytes_of(assets.filter(deleted_at__isnull=False)),
        "most": settings.UPLOAD_MOST_BYTES_EVENT,
    }


def bytes_of(*tables: "QuerySet[Asset] | QuerySet[Upload] | QuerySet[AssetVersion]") -> int:
    return sum(rows.order_by().aggregate(all=Sum("size"))["all"] or 0 for rows in tables)
