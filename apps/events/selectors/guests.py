"""Reads of lists of people who are invited by file: how far each is, and what became of its lines.

A list may hold 20,000 people; the database puts their lines together, and gives those that are asked for.
"""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from apps.core.words import said
from apps.events.models import Event, GuestList

LINES = """
WITH told AS (
    SELECT (one ->> 0)::int AS line, one ->> 1 AS code, one -> 2 AS words
    FROM events_guestbatch CROSS JOIN LATERAL jsonb_array_elements(outcomes) AS one
    WHERE guests_id = %(list)s
), every AS (
    SELECT (person ->> 'line')::int AS line, person ->> 'email' AS email, told.words,
        CASE WHEN code IS NULL THEN 'not yet' WHEN code IN ('invited', 'known') THEN code ELSE 'refused' END AS result
    FROM events_guestlist AS list CROSS JOIN LATERAL jsonb_array_elements(list.rows) AS person
    LEFT JOIN told ON told.line = (person ->> 'line')::int
    WHERE list.id = %(list)s
    UNION ALL
    SELECT (problem ->> 0)::int, '', problem -> 1, 'wrong'
    FROM events_guestlist AS list CROSS JOIN LATERAL jsonb_array_elements(list.problems) AS problem
    WHERE list.id = %(list)s
)
SELECT line, email, result, words FROM every
WHERE line > %(after)s AND result = ANY(%(results)s)
ORDER BY CASE WHEN %(last)s = result THEN 1 ELSE 0 END, line LIMIT %(limit)s
"""
GUEST_RESULTS = ("invited", "known", "refused", "wrong", "not yet")


class GuestLine(NamedTuple):
    line: int
    email: str
    result: str
    why: str


def guest_lists(event: Event) -> QuerySet[GuestList]:
    """Without what they hold."""
    found: QuerySet[GuestList] = event.guest_lists.select_related("by").defer("rows", "problems")
    return found


def guest_lines(
    guests: GuestList, *, after: int = 0, result: str | None = None, limit: int | None = None
) -> list[GuestLine]:
    """Those behind the line `after`, in the order of the file."""
    return _lines(guests, after=after, results=GUEST_RESULTS if result is None else [result], limit=limit)


def guest_remarks(guests: GuestList, *, limit: int) -> list[GuestLine]:
    """Those that did not simply go well: wrong and refused ones, then those it has not come to."""
    if not guests.wrong and guests.people == guests.invited + guests.known:
        return []
    return _lines(guests, after=0, results=["refused", "wrong", "not yet"], limit=limit, last="not yet")


def _lines(
    guests: GuestList, *, after: int, results: Iterable[str], limit: int | None, last: str = ""
) -> list[GuestLine]:
    wanted: dict[str, Any] = {"list": guests.pk, "after": after, "results": [*results], "limit": limit, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(LINES, wanted)
        found = cursor.fetchall()
    return [GuestLine(line, email, result, said(json.loads(why or "null"))) for line, email, result, why in found]


def guest_report(guests: GuestList) -> Iterable[list[str]]:
    """For a table: a head, then each line of the file that held somebody, in its order, with what became of it."""
    yield ["line", "e-mail", "result", "why"]
    for line in guest_lines(guests):
        yield [str(line.line), *line[1:]]
