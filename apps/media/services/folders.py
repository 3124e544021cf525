"""Folders of an event's library: made, named, moved and taken away, and files put into them."""

from collections.abc import Collection, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.bounds import check_room
from apps.core.errors import Refused
from apps.events.models import Event
from apps.media.models import Asset, Folder
from apps.media.models.folders import NAME_TAKEN

Parents = dict[int, int | None]
"""Of each folder of an event, in which it lies."""


@transaction.atomic
def make_folder(event: Event, *, name: str, parent: Folder | None = None) -> Folder:
    """Raises `Refused` where the name is taken there, it would be too deep, or there are too many."""
    parents = _held(event)
    check_room(event.folders.all(), most=Folder.MOST, code="media.too_many_folders")
    _check_place(parents, parent, height=1)
    return _written(Folder(event=event, name=_named(name), parent=parent))


@transaction.atomic
def change_folder(folder: Folder, *, name: str, parent: Folder | None) -> Folder:
    """Another name, another place, or both; what lies in it goes along. Raises `Refused`, also for a folder that would
    come to lie in itself."""
    parents = _held(folder.event)
    folder.name = _named(name)
    if parent is not None and folder.pk in _way_up(parents, parent.pk):
        raise Refused(
            "media.folder_in_itself", _("A folder cannot lie in itself or in one of its own."), field="parent"
        )
    _check_place(parents, parent, height=_height(parents, folder.pk))
    folder.parent = parent
    return _written(folder)


@transaction.atomic
def remove_folder(folder: Folder) -> None:
    """Raises `Refused` while something lies in it. What is in the trash comes back to the top."""
    parents = _held(folder.event)
    if folder.pk in parents.values() or Asset.objects.filter(library_folder=folder).exists():
        raise Refused("media.folder_full", _("Something lies in this folder. Move it first, or put it into the trash."))
    folder.delete()


@transaction.atomic
def move_assets(event: Event, keys: Collection[str], *, folder: Folder | None) -> int:
    """Puts files into a folder of the event, or on top; returns how many."""
    if folder is not None and folder.pk not in _held(event):
        raise Refused("media.folder_gone", _("This folder is not there any more. Load the page again."), field="folder")
    return event.assets.filter(key__in=keys).update(library_folder=folder)


def _held(event: Event) -> Parents:
    """Nobody else moves a folder of the event before the end of the transaction."""
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    return dict(Folder.objects.filter(event=event).values_list("pk", "parent_id"))


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refused("media.folder_name", _("A folder needs a name."), field="name", status=422)
    return name


def _written(folder: Folder) -> Folder:
    try:
        with transaction.atomic():
            folder.save()
    except IntegrityError as error:
        raise Refused("media.folder_taken", NAME_TAKEN, field="name") from error
    return folder


def _check_place(parents: Parents, parent: Folder | None, *, height: int) -> None:
    if parent is None:
        return
    if parent.pk not in parents:
        raise Refused("media.folder_gone", _("This folder is not there any more. Load the page again."), field="parent")
    if len(_way_up(parents, parent.pk)) + height > Folder.MOST_DEEP:
        raise Refused(
            "media.folder_deep",
            _("Folders lie at most %(most)s deep. Choose one further up."),
            values={"most": Folder.MOST_DEEP},
            field="parent",
        )


def _way_up(parents: Parents, pk: int) -> Sequence[int]:
    way, here = [], pk
    while here is not None and here not in way:
        way.append(here)
        here = parents.get(here)  # type: ignore[assignment]
    return way


def _height(parents: Parents, pk: int) -> int:
    inside = [child for child, parent in parents.items() if parent == pk]
    return 1 + max((_height(parents, child) for child in inside), default=0)
