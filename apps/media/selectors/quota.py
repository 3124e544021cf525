"""How much room files take, and how much there is: an event's, one person's in it, and the organisation's."""

from typing import TypedDict

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum

from apps.accounts.models import User
from apps.events.models import Event
from apps.media.models import Asset, AssetVersion, Upload

# What lies in storage once counts once, however many rows name it: files of an event that were taken into another, what
# is on the shelf too, and pictures that are kept.
OF_ORGANISATION = """
SELECT coalesce(sum(files.size), 0) FROM (
  SELECT asset.original, asset.size FROM media_asset asset JOIN events_event event ON event.id = asset.event_id
    WHERE event.organisation_id = %(organisation)s
  UNION SELECT version.original, version.size FROM media_assetversion version
    JOIN media_asset asset ON asset.id = version.asset_id JOIN events_event event ON event.id = asset.event_id
    WHERE event.organisation_id = %(organisation)s
  UNION SELECT original, size FROM media_shelffile WHERE organisation_id = %(organisation)s
  UNION SELECT original, size FROM media_keptpicture WHERE organisation_id = %(organisation)s
) AS files
"""


class Room(TypedDict):
    """In bytes."""

    event_taken: int
    event_most: int
    trash: int
    """Of what the event takes."""
    organisation_taken: int
    organisation_most: int


def room(event: Event) -> Room:
    """What an organiser sees before an upload begins."""
    return {
        "event_taken": bytes_of_event(event),
        "event_most": settings.UPLOAD_MOST_BYTES_EVENT,
        "trash": bytes_in_trash(event),
        "organisation_taken": bytes_of_organisation(event.organisation_id),
        "organisation_most": settings.UPLOAD_MOST_BYTES_ORGANISATION,
    }


def bytes_of_event(event: Event) -> int:
    """What is on its way counts as if it were here, and so does what lies in the trash, and the earlier versions of
    what was replaced."""
    uploads = event.uploads.filter(state=Upload.State.OPEN)
    return _bytes(Asset.every.filter(event=event), uploads, AssetVersion.objects.filter(asset__event=event))


def bytes_in_trash(event: Event) -> int:
    return _bytes(Asset.every.filter(event=event, deleted_at__isnull=False))


def bytes_of_person(event: Event, person: User) -> int:
    """Of what they brought to this event."""
    uploads = event.uploads.filter(by=person, state=Upload.State.OPEN)
    versions = AssetVersion.objects.filter(asset__event=event, brought_by=person)
    return _bytes(Asset.every.filter(event=event, uploaded_by=person), uploads, versions)


def bytes_of_organisation(organisation_id: int) -> int:
    """Of all its events and its shelf."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ORGANISATION, {"organisation": organisation_id})
        stored = int(cursor.fetchone()[0])
    return stored + _bytes(Upload.objects.filter(event__organisation=organisation_id, state=Upload.State.OPEN))


def _bytes(*tables: "QuerySet[Asset] | QuerySet[Upload] | QuerySet[AssetVersion]") -> int:
    return sum(rows.order_by().aggregate(all=Sum("size"))["all"] or 0 for rows in tables)
