"""Bring a file in that lies whole in storage or on disk, rename, let go, and sweep what is left over."""

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock, ids
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media import selectors
from apps.media.adapters import pictures, sniff
from apps.media.models import Asset, Encoding, KeptPicture, Leftover
from apps.media.registry import Missing, store
from apps.media.services import transcoding

if TYPE_CHECKING:
    from apps.accounts.models import User

MIB = 1024 * 1024
MOST_BYTES = {Asset.Kind.IMAGE: 40 * MIB, Asset.Kind.DOCUMENT: 200 * MIB}


def take_in(event: Event, *, key: str, title: str, file_name: str, by: "User | None", kind: str = "") -> Asset:
    """Make an asset of the file that lies whole at `assets/<key>/original`.

    Its bytes say what it is; raises `Refused` for what is not taken, after putting the file out. Pictures are
    written anew at once; films and sound wait for a worker.
    """
    name = f"assets/{key}/original"
    try:
        size = store().size(name)
        found = _recognise(name, size=size, kind=kind)
        with tempfile.TemporaryDirectory(prefix="plenary-picture-") as folder:
            picture = _rewrite(name, Path(folder)) if found.kind is sniff.Kind.IMAGE else None
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
        width=picture.width if picture else None,
        height=picture.height if picture else None,
    )
    if not asset.is_played:
        asset.state = Asset.State.READY
    with transaction.atomic():
        asset.save(force_insert=True)
        if picture:
            # Not before: the file as it came is what a second try would begin with.
            transaction.on_commit(lambda: store().delete(name), robust=True)
        if asset.is_played:
            transcoding.start_transcode(asset)
    return asset


def _recognise(name: str, *, size: int, kind: str) -> sniff.Found:
    head = store().read(name, 0, min(size, sniff.HEAD_BYTES)) if size else b""
    tail = store().read(name, max(0, size - sniff.TAIL_BYTES), sniff.TAIL_BYTES) if size else b""
    try:
        found = sniff.sniff(head, tail)
    except sniff.Unknown as unknown:
        raise refusal(unknown.looks_like) from unknown
    if kind and found.kind != kind:
        raise Refused("media.kind", _("This is not the kind of file that belongs here."), field="file", status=422)
    if size > MOST_BYTES.get(Asset.Kind(found.kind), settings.UPLOAD_MOST_BYTES):
        raise refusal("size")
    return found


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
    """Bring in a file of this machine (seeding, tests, imports). `wait` also makes a film playable before returning.

    Raises `Refused` as an upload does; a film that cannot be played comes back as a failed asset.
    """
    key = ids.new_token()
    with tempfile.TemporaryDirectory(prefix="plenary-ingest-") as folder:
        path = source if isinstance(source, Path) else Path(folder) / "file"
        if isinstance(source, bytes):
            path.write_bytes(source)
        store().put(path, f"assets/{key}/original", content_type="application/octet-stream")
    name = source.name if isinstance(source, Path) else ""
    asset = take_in(event, key=key, title=title, file_name=name, by=by, kind=kind)
    if is_public:
        asset.is_public = True
        asset.save(update_fields=["is_public"])
    if wait and asset.is_played:
        transcoding.run_job(asset.job.pk)
        asset.refresh_from_db()
    return asset


def change_asset(asset: Asset, *, changed: Collection[str]) -> None:
    """Keeps what was changed of its name, and of whether anybody may have it."""
    asset.save(update_fields={*changed})


def rename_asset(asset: Asset, *, title: str) -> None:
    asset.title = title
    asset.save(update_fields=["title"])


@transaction.atomic
def delete_asset(asset: Asset) -> None:
    """Take an asset away everywhere; its files are swept afterwards."""
    asset.delete()


def put_away(asset_ids: Collection[int]) -> None:
    """Something that showed these files was deleted. They stay in the library, and nobody gets them by their address
    whom nothing else shows them to."""
    Asset.objects.filter(pk__in=asset_ids).update(is_put_away=True)


def owe_sweep(asset: Asset) -> None:
    """Called when an asset's row goes, by whatever way: its folder, and its ladder if no other asset shows it."""
    # Not "get or create": whoever sweeps the folder at this moment may still have seen the asset, and lets it lie.
    Leftover.objects.update_or_create(folder=asset.lies_in, defaults={"due_at": clock.now()})
    if asset.encoding_id is None:
        return
    encoding = Encoding.objects.select_for_update().filter(pk=asset.encoding_id).first()
    if encoding and not encoding.assets.exclude(pk=asset.pk).exists():
        Leftover.objects.get_or_create(folder=encoding.folder)
        encoding.delete()


def sweep_leftovers(*, limit: int = 50) -> int:
    """Delete folders of storage that are due; returns how many. Beat calls it; doing it twice is harmless.

    What a copy in another event still shows, or the organisation keeps, stays; it is owed again when that one goes.
    """
    due = Leftover.objects.filter(due_at__lte=clock.now()).order_by("due_at").values_list("pk", flat=True)[:limit]
    return sum(_sweep(pk) for pk in due)


@transaction.atomic
def _sweep(pk: int) -> bool:
    leftover = Leftover.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if leftover is None:
        return False
    lies_here = {"original__startswith": f"{leftover.folder}/"}
    if not (Asset.objects.filter(**lies_here).exists() or KeptPicture.objects.filter(**lies_here).exists()):
        store().delete_tree(leftover.folder)
    leftover.delete()
    return True
