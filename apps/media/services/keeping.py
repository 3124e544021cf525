"""Pictures that outlive their event: an organisation keeps them for what it uses again, and they come back in any event
of it."""

from collections.abc import Collection, Sequence

from django.db import transaction

from apps.events.models import Event
from apps.media.models import Asset, KeptPicture

KEPT = ("title", "original", "file_name", "content_type", "size", "sha256", "width", "height")


@transaction.atomic
def keep_pictures(pictures: Sequence[Asset | None]) -> list[str]:
    """Their keys for `bring_pictures`, in their places; empty where there is no picture.

    Nothing is moved in storage: a file goes with the last row that shows it (`sweeping.sweep_leftovers`). The rows are
    held, so that whoever deletes one of them waits until the new one is there.
    """
    wanted = {picture.pk for picture in pictures if picture}
    ready = Asset.objects.filter(pk__in=wanted, kind=Asset.Kind.IMAGE, state=Asset.State.READY)
    held = ready.select_related("event").order_by("pk").select_for_update(no_key=True, of=("self",))
    kept = {
        asset.pk: KeptPicture(
            organisation_id=asset.event.organisation_id, **{name: getattr(asset, name) for name in KEPT}
        )
        for asset in held
    }
    KeptPicture.objects.bulk_create(kept.values())
    return [kept[picture.pk].key if picture and picture.pk in kept else "" for picture in pictures]


@transaction.atomic
def bring_pictures(event: Event, keys: Sequence[str]) -> list[Asset | None]:
    """What the event's organisation keeps, as pictures of this event, in their places. One whose file is here already
    is that one: what is asked again and again does not fill the event."""
    kept = KeptPicture.objects.filter(organisation=event.organisation_id, key__in=set(keys))
    held = {one.key: one for one in kept.order_by("pk").select_for_update(no_key=True)}
    originals = {one.original for one in held.values()}
    pictures = event.assets.filter(kind=Asset.Kind.IMAGE, state=Asset.State.READY, original__in=originals)
    here = {asset.original: asset for asset in pictures.order_by("-pk").select_for_update(no_key=True)}
    for one in held.values():
        if one.original not in here:
            fields = {name: getattr(one, name) for name in KEPT}
            here[one.original] = Asset.objects.create(
                event=event, kind=Asset.Kind.IMAGE, state=Asset.State.READY, **fields
            )
    return [here[held[key].original] if key in held else None for key in keys]


def let_pictures_go(keys: Collection[str]) -> None:
    KeptPicture.objects.filter(key__in=keys).delete()
