"""The library of an event: what is found in it, its folders and tags, the trash, and the organisation's shelf."""

from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Func, Q, QuerySet, TextField, Value

from apps.events.models import Event, Organisation
from apps.media.models import Asset, AssetVersion, Folder, ShelfFile
from apps.media.registry import store
from apps.media.selectors.files import ending_of, saved_as

MOST_WORDS = 8
MOST_TAGS_SHOWN = 200


def found(rows: "QuerySet[Asset]", text: str) -> "QuerySet[Asset]":
    """Those in which each of the words stands somewhere: in title, name of the file, tags, or name of the folder."""
    for word in text.split()[:MOST_WORDS]:
        tags = Func("tags", Value(" "), function="array_to_string", output_field=TextField())
        rows = rows.alias(in_tags=tags).filter(
            Q(title__icontains=word)
            | Q(file_name__icontains=word)
            | Q(in_tags__icontains=word)
            | Q(library_folder__name__icontains=word)
        )
    return rows


def tags_of(events: "QuerySet[Event]") -> list[str]:
    """The tags that files of these events have, by the alphabet; the first few hundred."""
    used = (
        Asset.objects.filter(event__in=events.order_by().values("pk"))
        .order_by()
        .annotate(tag=Func("tags", function="unnest"))
    )
    return list(used.values_list("tag", flat=True).distinct().order_by("tag")[:MOST_TAGS_SHOWN])


def folders(event: Event) -> "QuerySet[Folder]":
    """All of an event, with those above each."""
    return event.folders.select_related("event", "parent__parent__parent__parent")


def folders_with_counts(event: Event) -> "list[Folder]":
    """All of an event by their names, each with `file_count`, of the files that lie in it itself."""
    here = Q(assets__deleted_at=None, assets__replaces=None, assets__isnull=False)
    return list(event.folders.annotate(file_count=Count("assets", filter=here)).order_by("name", "pk")[: Folder.MOST])


def path_of(folder: Folder | None) -> str:
    """Where a folder lies, from the top: `Slides / Day one`. Give it with those above it."""
    names: list[str] = []
    while folder is not None and len(names) < Folder.MOST_DEEP:
        names.append(folder.name)
        folder = folder.parent
    return " / ".join(reversed(names))


def trash(event: Event) -> "QuerySet[Asset]":
    """What may be taken back, the latest first."""
    thrown = Asset.every.filter(event=event, deleted_at__isnull=False, replaces=None)
    return thrown.select_related("event", "job", "file_job").order_by("-deleted_at", "-pk")


class Version(TypedDict):
    """An earlier version, as it is listed."""

    id: int
    kind: str
    file_name: str
    size: int
    brought_by: str
    brought_at: datetime
    replaced_by: str
    replaced_at: datetime
    url: str


def versions(asset: Asset) -> list[Version]:
    """The earlier bytes of a file, the latest first."""
    rows = asset.versions.select_related("brought_by", "replaced_by", "asset")
    return [
        {
            "id": row.pk,
            "kind": row.kind,
            "file_name": row.file_name,
            "size": row.size,
            "brought_by": str(row.brought_by or ""),
            "brought_at": row.brought_at,
            "replaced_by": str(row.replaced_by or ""),
            "replaced_at": row.replaced_at,
            "url": version_url(row),
        }
        for row in rows[: AssetVersion.MOST + 1]
    ]


def version_url(version: AssetVersion) -> str:
    """A signed address of the earlier file; empty where there is none to be had."""
    if not version.has_file:
        return ""
    # The ending is that of its bytes, whatever its name said.
    title = version.file_name.rpartition(".")[0] or version.file_name or version.asset.title
    name = saved_as(title, ending_of(version.content_type))
    return store().url(version.original, file_name=name, content_type=version.content_type, save=True)


def replacement(asset: Asset) -> Asset | None:
    """What is being prepared to take its place, or failed to be."""
    rows = Asset.every.filter(replaces=asset).select_related("event", "job", "file_job")
    return rows.order_by("-pk").first()


def shelf(organisation: Organisation) -> "QuerySet[ShelfFile]":
    return organisation.shelf.select_related("kept_by")
