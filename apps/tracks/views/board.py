"""Now and next: what runs in each room at this moment, and what comes there after it."""

from dataclasses import dataclass

from apps.events.models import Event
from apps.tracks.models import Room
from apps.tracks.selectors import outline as reads
from apps.tracks.selectors.grid import Place
from apps.tracks.views.plan import Card, Planner


@dataclass(frozen=True, slots=True)
class BoardRow:
    room: Room
    now: list[Card]
    next: Card | None


def board(event: Event, whole: reads.Outline, rows: list[reads.Row], planner: Planner) -> list[BoardRow]:
    """One row for each room in which something runs or comes within its day, in the organiser's order of rooms."""
    now = planner.now
    current = [row for row in rows if row.starts_at <= now < row.ends_at]
    following: dict[int, reads.Row] = {}
    for row in rows:
        if row.starts_at > now:
            following.setdefault(row.room_id, row)
    today = min((row.day for row in (*current, *following.values())), default=None)
    coming = [row for row in following.values() if row.day == today]
    talks = {talk.row.pk: talk for talk in reads.talks(event, whole, current + coming)}
    cards = {pk: planner.card(Place(talk, 0, 0, 0, False)) for pk, talk in talks.items()}
    found = []
    for pk, room in whole.rooms.items():
        on = [cards[row.pk] for row in current if row.room_id == pk and row.pk in cards]
        after = next((cards[row.pk] for row in coming if row.room_id == pk and row.pk in cards), None)
        if on or after:
            found.append(BoardRow(room, on, after))
    return found
