"""Rows of the agenda are deleted for good. What was inside of a session stays shut, and whoever heard something there,
or of it by what was deleted, is asked about again."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Model, RestrictedError
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.tracks import registry
from apps.tracks.models import Opening, Session, Speaker, Track
from apps.tracks.services.editing import hold_events
from apps.tracks.services.opening import ask_anew, ask_where, forget_who_was_named, places_inside
from apps.tracks.services.speaking import speaking, speaking_changed
from apps.tracks.services.versions import touch_agenda


class _Left(NamedTuple):
    """What is to be asked again in an event, read before its rows go."""

    sessions: list[int]
    speakers_of: list[int]
    spoke: frozenset[tuple[int, int]]
    opened: list[int]
    """Sessions of tracks that a ticket names."""
    places: list[str]


def why_not_removed(rows: Iterable[Model]) -> Refused | None:
    """What must be moved elsewhere first, in words."""
    return registry.leaving.why_not([row.pk for row in rows if isinstance(row, Session)])


@transaction.atomic
def remove(*, rows: Iterable[Model]) -> None:
    """Deletes rows of the agenda for good. An imported session comes back with the next import of its file. Raises
    Refused for a room that has sessions, and for a session with something in it that cannot be put away."""
    by_event: dict[int, list[Any]] = {}
    for row in rows:
        by_event.setdefault(int(row.event_id), []).append(row)  # type: ignore[attr-defined]
    hold_events(by_event)
    for event_id, found in by_event.items():
        left = _read(found)
        if left.sessions:
            _put_away(left.sessions)
        try:
            for row in found:
                row.delete()
        except RestrictedError as error:
            raise Refused("room.in_use", _("Sessions take place in this room. Move them first.")) from error
        _ask(event_id, left)
        touch_agenda(event_id=event_id)


def _read(rows: Sequence[Any]) -> _Left:
    sessions = [row.pk for row in rows if isinstance(row, Session)]
    tracks = [row.pk for row in rows if isinstance(row, Track)]
    speakers = [row.pk for row in rows if isinstance(row, Speaker)]
    named = Opening.objects.filter(track__in=tracks).order_by().values("track_id")
    speakers_of = _ids(Session.objects.filter(speakers__in=speakers)) if speakers else []
    return _Left(
        sessions=sessions,
        speakers_of=speakers_of,
        spoke=speaking(speakers_of),
        opened=_ids(Session.objects.filter(track__in=named)) if tracks else [],
        places=places_inside(sessions) if sessions else [],
    )


def _ids(found: Any) -> list[int]:
    return list(found.order_by().values_list("pk", flat=True).distinct())


def _put_away(session_ids: Collection[int]) -> None:
    # Held so that nothing new comes into them meanwhile: whoever points to a session shares its row.
    list(Session.objects.select_for_update().filter(pk__in=session_ids).order_by("pk").values_list("pk"))
    registry.leaving.put_away(session_ids)
    refusal = registry.leaving.why_not(session_ids)
    if refusal is not None:
        raise refusal


def _ask(event_id: int, left: _Left) -> None:
    speaking_changed(event_id, left.speakers_of, before=left.spoke)
    if left.sessions or left.opened:
        places = [*left.places, *(places_inside(left.opened) if left.opened else ())]
        ask_anew()
        ask_where(event_id, places, sessions=len(left.sessions) + len(left.opened))
        forget_who_was_named(event_id, [*left.sessions, *left.opened])
