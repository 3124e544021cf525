"""Who was revoked lately, and which places were asked about again: rows, written in the transaction of the change.

The message of it may be lost with the process that was to send it, and Redis with all that it remembers. So every live
process reads these rows: those of an event before it lets the first one in, and those of all its events at each sweep.
Their age is by the database's clock.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection

from apps.live import tickets

REMEMBER_SECONDS = 60 * 60
"""Many times as long as tickets live: who was revoked earlier has none left that opens a socket."""
OVERLAP_SECONDS = 2 * tickets.RESUME_SECONDS
"""A row shows when its transaction ends, which may be a while after its moment."""
KEEP_SECONDS = 24 * 60 * 60
MOST_PRUNED = 10_000

KEEP = """
INSERT INTO live_floor (event_id, user_id, epoch, at) VALUES (%s, %s, %s, clock_timestamp())
ON CONFLICT (event_id, user_id) DO UPDATE SET epoch = GREATEST(live_floor.epoch, excluded.epoch), at = clock_timestamp()
"""
ASK = """
INSERT INTO live_asking (event_id, place, mark, at)
SELECT %s, place, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, clock_timestamp()
FROM unnest(%s::text[]) AS place
ON CONFLICT (event_id, place)
DO UPDATE SET mark = GREATEST(live_asking.mark + 1, excluded.mark), at = clock_timestamp()
RETURNING place, mark
"""
READ = """
SELECT event_id, user_id, NULL, epoch FROM live_floor
WHERE event_id = ANY(%(events)s) AND at > clock_timestamp() - %(seconds)s * interval '1 second'
UNION ALL
SELECT event_id, NULL, place, mark FROM live_asking
WHERE event_id = ANY(%(events)s) AND at > clock_timestamp() - %(seconds)s * interval '1 second'
"""
PRUNE = """
DELETE FROM {table} WHERE id IN (
  SELECT id FROM {table} WHERE at < clock_timestamp() - %s * interval '1 second' LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


@dataclass(slots=True)
class Found:
    floors: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """By event and person (EVERYBODY: all of them): the least epoch that a ticket of theirs must carry."""
    marks: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """By event and place: a number that grows with each asking."""


def keep(event_id: int, user_id: int, epoch: int) -> None:
    """Call it in the transaction that raised the epoch."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [event_id, user_id, epoch])


def ask(event_id: int, places: Iterable[str]) -> dict[str, int]:
    """By place its new mark. Always in the same order, so that no two transactions wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(ASK, [event_id, sorted(places)])
        return dict(cursor.fetchall())


def read(events: Collection[int], seconds: float) -> Found:
    """What was written in the last so many seconds, in one query for all these events."""
    found = Found()
    if not events:
        return found
    with connection.cursor() as cursor:
        cursor.execute(READ, {"events": list(events), "seconds": seconds})
        for event_id, user_id, place, number in cursor.fetchall():
            if place is None:
                found.floors[event_id][user_id] = number
            else:
                found.marks[event_id][place] = number
    return found


def prune() -> None:
    """Takes out what nobody reads any more."""
    with connection.cursor() as cursor:
        for table in ("live_floor", "live_asking"):
            cursor.execute(PRUNE.format(table=table), [KEEP_SECONDS, MOST_PRUNED])
