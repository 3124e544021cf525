"""What stands above the list of files at the desk: where one is among the folders, and how much room is left."""

from collections import defaultdict
from typing import Any, TypedDict

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.rows import row_number
from apps.events.doors.lists import Chosen
from apps.events.models import Event
from apps.media import selectors
from apps.media.models import Folder

FOLDER = "library_folder__id__exact"
MOST_SHOWN = 60


class Step(TypedDict):
    """A folder on the way, or one inside; `files` counts those of the folders in it, too."""

    id: int
    name: str
    files: int


class Bar(TypedDict):
    event: Event
    folder: Folder | None
    way: list[Step]
    """From the top; the last one is where one is."""
    inside: list[Step]
    more: int
    """How many folders more there are than are shown."""
    room: selectors.Room


class InFolder(Chosen):
    """By the whole way to it: several folders may be called alike."""

    title = _("folder")
    parameter_name = FOLDER
    column = "library_folder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Folder.objects.filter(event__in=Event.objects.run_by(request.user))
        if asked := row_number(request.GET.get("event__id__exact")):
            rows = rows.filter(event=asked)
        rows = rows.select_related("parent__parent__parent__parent")[: Folder.MOST]
        return sorted(((str(row.pk), selectors.path_of(row)) for row in rows), key=lambda one: one[1])


def folder_bar(request: HttpRequest) -> Bar | None:
    """Of the event, or of the folder, that the list is narrowed to; None where it shows files of several events."""
    events = Event.objects.run_by(request.user)
    number = row_number(request.GET.get(FOLDER))
    rows = Folder.objects.filter(event__in=events.order_by().values("pk"))
    folder = rows.select_related("event").filter(pk=number).first() if number else None
    asked = folder.event_id if folder else row_number(request.GET.get("event__id__exact"))
    event = events.filter(pk=asked).first() if asked else None
    if event is None:
        return None
    steps, parents = _steps(event)
    inside = [step for pk, step in steps.items() if parents[pk] == (folder.pk if folder else None)]
    way: list[Step] = []
    at = folder.pk if folder else None
    while at is not None and at in steps and len(way) < Folder.MOST_DEEP:
        way.append(steps[at])
        at = parents[at]
    return {
        "event": event,
        "folder": folder,
        "way": way[::-1],
        "inside": inside[:MOST_SHOWN],
        "more": max(0, len(inside) - MOST_SHOWN),
        "room": selectors.room(event),
    }


def _steps(event: Event) -> tuple[dict[int, Step], dict[int, int | None]]:
    """All folders of an event by their names, and in which each lies."""
    rows: Any = selectors.folders_with_counts(event)
    steps: dict[int, Step] = {row.pk: {"id": row.pk, "name": row.name, "files": row.file_count} for row in rows}
    parents = {row.pk: row.parent_id for row in rows}
    own = {pk: step["files"] for pk, step in steps.items()}
    total: dict[int, int] = defaultdict(int)
    for pk, count in own.items():
        at: int | None = pk
        for _level in range(Folder.MOST_DEEP):
            if at is None:
                break
            total[at] += count
            at = parents.get(at)
    for pk, step in steps.items():
        step["files"] = total[pk]
    return steps, parents
