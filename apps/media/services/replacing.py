"""Other bytes for a file that is there: its address and all that shows it stay, and what it was is kept."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import Asset, AssetVersion, StoredFile
from apps.media.services import added_sounds

PLAYED = frozenset({Asset.Kind.VIDEO, Asset.Kind.AUDIO})


def check_kind(asset: Asset, kind: str) -> None:
    """What shows a picture can show no film. Raises `Refused`."""
    if kind != asset.kind and not {kind, asset.kind} <= PLAYED:
        raise Refused(
            "media.other_kind",
            _("This is a file of another kind than the one it is to replace. Bring it as a file of its own."),
            field="file",
            status=422,
        )


def settle(asset_id: int) -> None:
    """Called in the transaction that makes a file ready: if it is to replace another, it does so now, and goes.

    Until this moment the old one is shown and played, and if the new one fails it stays.
    """
    new = Asset.every.filter(pk=asset_id, replaces__isnull=False).first()
    if new is None or new.replaces_id is None:
        return
    asset = Asset.every.select_for_update(no_key=True, of=("self",)).get(pk=new.replaces_id)
    _keep(asset, by_id=new.uploaded_by_id)
    _take_over(asset, new, kind=new.kind)
    asset.brought_by_id, asset.brought_at = new.uploaded_by_id, clock.now()
    asset.save()
    # Work on the old bytes has no more sense; a worker that is at it loses its lease.
    for job in ("job", "file_job"):
        old, other = getattr(asset, job, None), getattr(new, job, None)
        if old is not None:
            old.delete()
        if other is not None:
            type(other).objects.filter(pk=other.pk).update(asset=asset)
    Asset.every.filter(pk=new.pk).delete()
    added_sounds.make_anew(asset)
    publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))


@transaction.atomic
def restore_version(version: AssetVersion, *, by: User) -> Asset:
    """Puts an earlier version back; what is there now becomes an earlier one."""
    asset = Asset.every.select_for_update(no_key=True, of=("self",)).get(pk=version.asset_id)
    held = AssetVersion.objects.select_for_update(of=("self",)).filter(pk=version.pk).first()
    if held is None:
        raise Refused("media.version_gone", _("This version is not there any more. Load the page again."), status=404)
    _take_back(asset, held, by=by)
    return asset


def _take_back(asset: Asset, version: AssetVersion, *, by: User) -> None:
    _keep(asset, by_id=by.pk, spare=version.pk)
    _take_over(asset, version, kind=version.kind)
    asset.state, asset.error = Asset.State.READY, ""
    asset.brought_by_id, asset.brought_at = version.brought_by_id, version.brought_at
    asset.save()
    version.delete()
    added_sounds.make_anew(asset)
    publish.state(asset.event_id, broadcasts.progress_topic(asset.pk))


def discard_replacement(asset: Asset) -> None:
    """Bytes that were to replace this file and failed, or are not wanted any more."""
    Asset.every.filter(replaces=asset).delete()


def _keep(asset: Asset, *, by_id: int | None, spare: int = 0) -> None:
    """What the asset is now becomes an earlier version; the oldest give way. What never was ready is not kept."""
    if asset.state != Asset.State.READY:
        return
    facts = {name: getattr(asset, name) for name in StoredFile.FACTS}
    AssetVersion.objects.create(
        asset=asset,
        kind=asset.kind,
        # Whoever brought it may have closed their account: then it was nobody, and not who brought what was before.
        brought_by_id=asset.brought_by_id if asset.brought_at else asset.uploaded_by_id,
        brought_at=asset.brought_at or asset.created_at,
        replaced_by_id=by_id,
        **facts,
    )
    beyond = asset.versions.exclude(pk=spare).values_list("pk", flat=True)[AssetVersion.MOST :]
    for row in AssetVersion.objects.filter(pk__in=list(beyond)):
        row.delete()


def _take_over(asset: Asset, source: Asset | AssetVersion, *, kind: str) -> None:
    for name in StoredFile.FACTS:
        setattr(asset, name, getattr(source, name))
    asset.kind, asset.state, asset.error = kind, Asset.State.READY, ""
