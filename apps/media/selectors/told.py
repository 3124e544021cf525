"""For the person themselves: what this room holds of them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from apps.accounts.models import User
from apps.media.models import Asset, AssetVersion, Watched


def files_of(user: User) -> Iterator[dict[str, Any]]:
    """What they brought, also where others replaced it since, or threw it away."""
    theirs = Asset.every.filter(Q(uploaded_by=user) | Q(brought_by=user))
    for row in theirs.select_related("event").order_by("-pk").iterator(chunk_size=500):
        yield {
            "event": row.event.slug,
            "title": row.title,
            "kind": row.kind,
            "name": row.file_name,
            "bytes": row.size,
            "at": row.created_at,
            "replaced": row.brought_at,
            "thrown_away": row.deleted_at,
        }


def earlier_files_of(user: User) -> Iterator[dict[str, Any]]:
    """What they brought of files that were replaced, as long as it is kept."""
    rows = AssetVersion.objects.filter(brought_by=user).select_related("asset__event").order_by("-pk")
    for row in rows.iterator(chunk_size=500):
        yield {
            "event": row.asset.event.slug,
            "title": row.asset.title,
            "kind": row.kind,
            "name": row.file_name,
            "bytes": row.size,
            "at": row.brought_at,
        }


def watched_by(user: User) -> Iterator[dict[str, Any]]:
    for row in Watched.objects.filter(person=user).select_related("asset__event").order_by("-updated_at").iterator():
        yield {
            "event": row.asset.event.slug,
            "film": row.asset.title,
            "seconds": round(row.seconds),
            "place": round(row.place),
            "at": row.updated_at,
        }
