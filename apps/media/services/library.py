"""Bring a file in that lies whole in storage or on disk, and change what the library says of it."""

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import ids
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event
from apps.media import selectors
from apps.media.adapters import clamd, office, pictures, sniff
from apps.media.models import Asset, Folder
from apps.media.registry import Missing, store
from apps.media.services import preparing, replacing, tagging, transcoding

if TYPE_CHECKING:
    from apps.accounts.models import User

MIB = 1024 * 1024
MOST_BYTES = {Asset.Kind.IMAGE: 40 * MIB, Asset.Kind.DOCUMENT: 200 * MIB}
AT_ONCE_PIXELS, AT_ONCE_BYTES = 2_000_000, 8 * MIB
"""A picture up to this size is written anew while its page waits, some tenths of a second; larger ones by a worker."""


def take_in(
    event: Event,
    *,
    key: str,
    title: str,
    file_name: str,
    by: "User | None",
    kind: str = "",
    folder: Folder | None = None,
    replaces: Asset | None = None,
    at_once: bool = False,
) -> Asset:
    """Make an asset of the file that lies whole at `assets/<key>/original`.

    Its bytes say what it is; raises `Refused` for what is not taken, after putting the file out. Small pictures are
    written anew at once (`at_once`: all); whatever else there is to do waits for a worker.
    """
    name = f"assets/{key}/original"
    try:
        size = store().size(name)
        head = store().read(name, 0, min(size, sniff.HEAD_BYTES)) if size else b""
        found = _recognise(name, head, size=size, kind=kind)
        if replaces is not None:
            replacing.check_kind(replaces, found.kind)
        is_small = size <= AT_ONCE_BYTES and 0 < pictures.pixels(head) <= AT_ONCE_PIXELS
        with tempfile.TemporaryDirectory(prefix="plenary-picture-") as place:
            is_written = found.kind is sniff.Kind.IMAGE and (at_once or is_small)
            picture = _rewrite(name, Path(place)) if is_written else None
            kept = f"assets/{key}/{picture.path.name}" if picture else name
            if picture:
                size = picture.path.stat().st_size
                store().put(picture.path, kept, content_type=picture.mime)
    except Missing:
        raise refusal("missing") from None
    except Refused:
        store().delete_tree(f"assets/{key}")
        raise
    asset = Asset(
        event=event,
        key=key,
        kind=found.kind,
        title=title,
        original=kept,
        file_name=file_name,
        content_type=picture.mime if picture else found.mime,
        size=size,
        uploaded_by=by,
        library_folder=folder,
        replaces=replaces,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )
    with transaction.atomic():
        asset.save(force_insert=True)
        if picture:
            # Not before: the file as it came is what a second try would begin with.
            transaction.on_commit(lambda: store().delete(name), robust=True)
        _go_on(asset)
    return asset


def _go_on(asset: Asset) -> None:
    """Ready, where nothing has to be done with it before; whatever has to be done is a worker's."""
    is_waiting = clamd.is_set() or asset.is_played or (asset.kind == Asset.Kind.IMAGE and asset.width is None)
    if preparing.is_needed(asset):
        preparing.start(asset)
    elif asset.is_played:
        transcoding.start_transcode(asset)
    if not is_waiting:
        asset.state = Asset.State.READY
        asset.save(update_fields=["state"])
        replacing.settle(asset.pk)


def _recognise(name: str, head: bytes, *, size: int, kind: str) -> sniff.Found:
    tail = store().read(name, max(0, size - sniff.TAIL_BYTES), sniff.TAIL_BYTES) if size else b""
    try:
        found = _office(name, head, size) or sniff.sniff(head, tail)
    except sniff.Unknown as unknown:
        raise refusal(unknown.looks_like) from unknown
    if kind and found.kind != kind:
        raise Refused("media.kind", _("This is not the kind of file that belongs here."), field="file", status=422)
    if size > MOST_BYTES.get(Asset.Kind(found.kind), settings.UPLOAD_MOST_BYTES):
        raise refusal("size")
    return found


def _office(name: str, head: bytes, size: int) -> sniff.Found | None:
    if not office.may_be(head):
        return None
    return office.recognise(lambda offset, length: store().read(name, offset, length), size)


def _rewrite(name: str, folder: Path) -> pictures.Picture:
    source = store().fetch(name, folder, lambda _moved: None)
    try:
        return pictures.rewrite(source, folder)
    except pictures.BadPicture as bad:
        raise refusal(bad.reason) from bad


def refusal(code: str) -> Refused:
    return Refused(f"media.{code}", selectors.REASONS[code], field="file", status=422)


def ingest_file(
    event: Event,
    source: Path | bytes,
    *,
    title: str,
    kind: str = "",
    by: "User | None" = None,
    is_public: bool = False,
    wait: bool = False,
) -> Asset:
    """Bring in a file of this machine (seeding, tests, imports). `wait` also does a worker's part before returning.

    Raises `Refused` as an upload does; a film that cannot be played comes back as a failed asset.
    """
    key = ids.new_token()
    with tempfile.TemporaryDirectory(prefix="plenary-ingest-") as folder:
        path = source if isinstance(source, Path) else Path(folder) / "file"
        if isinstance(source, bytes):
            path.write_bytes(source)
        store().put(path, f"assets/{key}/original", content_type="application/octet-stream")
    name = source.name if isinstance(source, Path) else ""
    asset = take_in(event, key=key, title=title, file_name=name, by=by, kind=kind, at_once=True)
    if is_public:
        asset.is_public = True
        asset.save(update_fields=["is_public"])
    if wait:
        _prepare_here(asset)
    return asset


def _prepare_here(asset: Asset) -> None:
    if job := getattr(asset, "file_job", None):
        preparing.run_file_job(job.pk)
        asset.refresh_from_db()
    if job := getattr(asset, "job", None):
        transcoding.run_job(job.pk)
        asset.refresh_from_db()


@transaction.atomic
def change_asset(asset: Asset, *, changed: Collection[str]) -> None:
    """Keeps what was changed of its name, its place in the library, and of who may have it. Raises `Refused`."""
    hold_row(asset, gone="media.gone")
    if "tags" in changed:
        asset.tags = tagging.tidied(asset.tags)
    asset.save(update_fields={*changed})


def set_download(event: Event, keys: Collection[str], may_download: str) -> int:
    """Who may download these files of the event; returns how many there are."""
    return event.assets.filter(key__in=keys).update(may_download=Asset.Download(may_download))


def rename_asset(asset: Asset, *, title: str) -> None:
    asset.title = title
    asset.save(update_fields=["title"])


def put_away(asset_ids: Collection[int]) -> None:
    """Something that showed these files was deleted. They stay in the library, and nobody gets them by their address
    whom nothing else shows them to."""
    Asset.every.filter(pk__in=asset_ids).update(is_put_away=True)
