"""Files of an event: found, where they are shown, and their signed addresses."""

import re
from collections.abc import Iterable
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import Count, ManyToOneRel, Model, QuerySet
from django.urls import reverse

from apps.events.models import Event
from apps.media.models import AddedSound, Asset, Upload
from apps.media.registry import store
from apps.media.selectors.quota import Room, room

_SOUND = AddedSound._meta.get_field("sound")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def assets(event: Event, *, kind: str = "") -> "QuerySet[Asset]":
    """The event's assets that are there to be used, newest first."""
    found = event.assets.exclude(state=Asset.State.FAILED)
    return found.filter(kind=kind) if kind else found


def asset(event: Event, key: str) -> Asset:
    """Raises `Asset.DoesNotExist`, for another event's too."""
    return event.assets.select_related("encoding", "pages").get(key=key)


def upload(event: Event, key: str, *, by_id: int) -> Upload:
    """Somebody's own upload; raises `Upload.DoesNotExist`."""
    return event.uploads.select_related("asset", "event", "replaces").get(key=key, by_id=by_id)


def unfinished_uploads(event: Event, *, by: Any) -> "QuerySet[Upload]":
    """What somebody began to bring and has not ended, the newest first; chosen again, such a file goes on."""
    return event.uploads.filter(by=by, state=Upload.State.OPEN).order_by("-touched_at")[:20]


def became(upload: Upload) -> Asset | None:
    """The file that an upload became: its own, or the one whose place it takes, from when it does."""
    if upload.replaces is None or upload.state != Upload.State.DONE:
        return upload.asset
    return Asset.every.filter(event=upload.event_id, key=upload.key).first() or upload.replaces


def parts_arrived(upload: Upload) -> dict[int, int]:
    if upload.state != Upload.State.OPEN:
        return {}
    return store().parts(upload.original, upload.multipart_id)


class UploadPlace(TypedDict):
    """What templates/media/upload.html needs; `most` in bytes."""

    api: str
    most: int
    room: Room


def upload_place(event: Event) -> UploadPlace:
    """For an organiser, who is told how much room there is."""
    return {"api": reverse("api:uploads", args=[event.slug]), "most": settings.UPLOAD_MOST_BYTES, "room": room(event)}


def usage_counts(assets: Iterable[Asset]) -> dict[int, dict[str, int]]:
    """How many things of which kind show each of these, by asset and kind: one query for each room's table."""
    ids = [asset.pk for asset in assets]
    found: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    for related, name in _shown_by():
        what = str(related._meta.verbose_name)
        rows = related._base_manager.filter(**{f"{name}__in": ids}).order_by().values_list(name)
        for asset_id, count in rows.annotate(count=Count("pk")):
            found[asset_id][what] = found[asset_id].get(what, 0) + count
    return found


def _shown_by() -> list[tuple[type[Model], str]]:
    """The tables whose rows show a file, and by which column: those of other rooms, and a film's added sounds."""
    relations = Asset._meta.get_fields(include_hidden=True)
    return [
        (relation.related_model, relation.field.name)
        for relation in relations
        if isinstance(relation, ManyToOneRel)
        and (relation.related_model._meta.app_label != "media" or relation.field == _SOUND)
    ]


def usages(asset: Asset, *, limit: int = 20) -> list[tuple[str, str]]:
    """Where an asset is shown, whatever room shows it: what kind of thing, and which."""
    found: list[tuple[str, str]] = []
    for related, name in _shown_by():
        things = related._base_manager.filter(**{name: asset})[: limit - len(found)]
        what = str(related._meta.verbose_name).capitalize()
        for thing in things:
            setattr(thing, name, asset)  # some are called by the file that they show
            found.append((what, str(thing)))
    return found


def is_left(asset: Asset) -> bool:
    """Whether what showed it was deleted, and nothing shows it now."""
    return asset.is_put_away and not usages(asset, limit=1)


def image_url(asset: Asset | None) -> str:
    """A signed address of a picture, to put into `src`; empty where there is none, or it is in the trash."""
    if asset is None or asset.kind != Asset.Kind.IMAGE or not asset.is_shown:
        return ""
    return store().url(asset.original, content_type=asset.content_type)


def download_url(asset: Asset) -> str:
    """The page address that checks who asks and leads to the file."""
    return reverse("media:download", args=[asset.event.slug, asset.key])


def file_url(asset: Asset, *, save: bool) -> str:
    """A signed address of the file itself; `save` has the browser keep it under its title."""
    name = saved_as(asset.title, ending_of(asset.content_type))
    return store().url(asset.original, file_name=name, content_type=asset.content_type, save=save)


def saved_as(title: str, ending: str) -> str:
    """What a file is called when it is saved: in one line, and with no sign in it that turns the reading around, so
    that its ending is the one that is seen."""
    return f"{' '.join(_TURNING.sub('', _UNSEEN.sub(' ', title)).split())}.{ending}"


_OOXML, _ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
_ENDINGS = {
    "application/pdf": "pdf", "image/jpeg": "jpg", "video/quicktime": "mov", "audio/mpeg": "mp3",
    f"{_OOXML}.wordprocessingml.document": "docx", f"{_OOXML}.spreadsheetml.sheet": "xlsx",
    f"{_OOXML}.presentationml.presentation": "pptx", f"{_OOXML}.presentationml.slideshow": "ppsx",
    f"{_ODF}.text": "odt", f"{_ODF}.spreadsheet": "ods", f"{_ODF}.presentation": "odp",
}  # fmt: skip
"""Of types that are not called by what stands behind their stroke."""


def ending_of(content_type: str) -> str:
    return _ENDINGS.get(content_type) or content_type.rpartition("/")[2].removeprefix("x-") or "bin"
