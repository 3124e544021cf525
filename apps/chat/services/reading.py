"""Noting how far people have read: never backwards, and no further than the room goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from apps.chat import broadcasts, permissions, registry, selectors
from apps.chat.models import Mention, Room
from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish, seq

NOTE = """
INSERT INTO chat_reading (room_id, user_id, seq, at) VALUES {rows}
ON CONFLICT (room_id, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE chat_reading.seq < excluded.seq
"""


@dataclass(frozen=True, slots=True)
class HasRead:
    event_id: int
    room_id: int
    user_id: int
    roles: frozenset[str]
    seq: int


@transaction.atomic
def mark_read(readings: Sequence[HasRead]) -> list[Refused | None]:
    """Notes all of these in one statement, and lets go of the mentions that were read thereby; one answer each."""
    rooms = {(room.event_id, room.pk): room for room in Room.objects.filter(pk__in={one.room_id for one in readings})}
    heads = seq.heads((event_id, broadcasts.topic(pk)) for event_id, pk in rooms)
    asked = registry.Asked((rooms.get((one.event_id, one.room_id)), one.user_id, one.roles) for one in readings)
    shut_out = {event_id: selectors.shut_out_of(event_id) for event_id in {event_id for event_id, _pk in rooms}}
    newest: dict[tuple[int, int], int] = {}
    answers: list[Refused | None] = []
    for one in readings:
        room = rooms.get((one.event_id, one.room_id))
        if room is None or not asked.may_read(room, one.user_id, one.roles):
            answers.append(selectors.unknown())
            continue
        if one.user_id in shut_out[one.event_id] and not permissions.can_moderate(one.roles):
            answers.append(selectors.banned())
            continue
        known = min(one.seq, heads.get((one.event_id, broadcasts.topic(one.room_id)), 0))
        key = (one.room_id, one.user_id)
        newest[key] = max(known, newest.get(key, 0))
        answers.append(None)
    _note(newest)
    _let_go(newest)
    return answers


def _note(newest: dict[tuple[int, int], int]) -> None:
    if not newest:
        return
    now = clock.now()
    # In one order everywhere, so that two processes cannot wait for each other.
    values = [value for (room, user), to in sorted(newest.items()) for value in (room, user, to, now)]
    with connection.cursor() as cursor:
        cursor.execute(NOTE.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(newest))), values)


def _let_go(newest: dict[tuple[int, int], int]) -> None:
    """Mentions that were read thereby are news no longer."""
    rows = Mention.objects.filter(user__in={user for _room, user in newest}, seen_at=None).select_related(
        "message__room"
    )
    seen = [row for row in rows if (row.message.seq or 0) <= newest.get((row.message.room_id, row.user_id), -1)]
    if not seen:
        return
    Mention.objects.filter(pk__in=[row.pk for row in seen]).update(seen_at=clock.now())
    for event_id, user_id in {(row.message.room.event_id, row.user_id) for row in seen}:
        publish.state(event_id, broadcasts.mentions_topic(user_id))
