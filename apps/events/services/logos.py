"""An event's logo is a file of its own: it goes when it is replaced or removed, and with its event."""

from collections.abc import Collection

from django.core.files.storage import Storage
from django.db import transaction

from apps.events.models import Event


def note_former(event: Event, written: Collection[str] | None) -> None:
    """Before a save: which file the row names until now."""
    former = ""
    if event.pk and (written is None or "logo" in written):
        former = str(Event.objects.filter(pk=event.pk).values_list("logo", flat=True).first() or "")
    event.__dict__["former_logo"] = former


def drop_former(event: Event) -> None:
    """After it: that file goes, if it is another one now."""
    former = event.__dict__.pop("former_logo", "")
    if former and former != event.logo.name:
        drop(event.logo.storage, former)


def drop(storage: Storage, name: str) -> None:
    """Once the row that let go of it is committed; a name that a row still has stays."""

    def act() -> None:
        if name and not Event.objects.filter(logo=name).exists():
            storage.delete(name)

    transaction.on_commit(act)
