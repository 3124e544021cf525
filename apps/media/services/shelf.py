"""An organisation's own shelf: files that outlive their event, and are taken into any event of it."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events.models import Event, Organisation
from apps.media.models import Asset, ShelfFile, StoredFile
from apps.media.services import quota


@transaction.atomic
def keep_on_shelf(asset: Asset, *, by: User) -> ShelfFile:
    """For all events of the organisation; one that is there already is that one. Raises `Refused` for a file that is
    not ready, or where the shelf is full.

    Nothing is moved in storage: a file goes with the last row that shows it (`sweeping.sweep_leftovers`). The asset is
    held, so that whoever deletes it waits until the new row is there.
    """
    held = hold_row(asset, gone="media.gone")
    organisation_id = asset.event.organisation_id
    shelf = ShelfFile.objects.filter(organisation=organisation_id)
    if held.original and (known := shelf.filter(original=held.original).first()):
        return known
    if held.state != Asset.State.READY or held.is_in_trash or not held.original:
        raise Refused("media.not_ready", _("Only a file that is ready can be kept for all events."))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    check_room(shelf, most=ShelfFile.MOST, code="media.shelf_full")
    facts = {name: getattr(held, name) for name in StoredFile.FACTS}
    kept = ShelfFile(organisation_id=organisation_id, kind=held.kind, title=held.title, kept_by=by, **facts)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:  # somebody else kept it at this moment
        return shelf.get(original=held.original)
    return kept


@transaction.atomic
def take_from_shelf(event: Event, kept: ShelfFile, *, by: User) -> Asset:
    """Makes it a file of the event; one whose bytes are here already is that one. It counts among the event's files.
    Raises `Refused` where that is more than is left."""
    held = hold_row(kept, gone="media.shelf_gone")
    here = event.assets.filter(original=held.original).first()
    if here is not None:
        return here
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    quota.check_event(event, by=by, size=held.size)
    facts = {name: getattr(held, name) for name in StoredFile.FACTS}
    return Asset.objects.create(
        event=event, kind=held.kind, title=held.title, state=Asset.State.READY, uploaded_by=by, **facts
    )


@transaction.atomic
def rename_on_shelf(kept: ShelfFile, *, title: str) -> None:
    hold_row(kept, gone="media.shelf_gone")
    kept.title = title
    kept.save(update_fields=["title"])


def take_off_shelf(kept: ShelfFile) -> None:
    """The events that took it keep it."""
    kept.delete()
