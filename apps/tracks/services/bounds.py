"""How much an agenda holds, by whichever door it comes: by hand, by a call, by file."""

from django.db.models import Model

from apps.core.bounds import check_room
from apps.tracks.models import Room, Session, Speaker, Tag, Track

MOST: dict[type[Model], int] = {Track: 1000, Room: 1000, Tag: 1000, Speaker: 20_000, Session: 10_000}


def check_agenda_room(model: type[Model], event_id: int, *, more: int = 1, field: str | None = None) -> None:
    """Raises Refused where so many `more` are too many. The event is held already (`hold_events`)."""
    rows = model._default_manager.filter(event=event_id)
    check_room(rows, most=MOST[model], code="agenda.too_many", more=more, field=field)
