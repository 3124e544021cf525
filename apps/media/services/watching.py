"""Watch time: beats are taken in at the cost of one call to Redis a batch, and written down in rounds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.media import selectors
from apps.media.adapters import beats

logger = logging.getLogger(__name__)

MOST_SPANS = 60
MOST_ROWS = 100_000
"""People that one round writes. Where more watch than that at once, those who have waited longest come first."""
AT_ONCE = 10
"""Hashes a statement: a thousand people at most."""

# Whose account or whose film is gone meanwhile has no row.
WRITE = """
INSERT INTO media_watched AS known (asset_id, person_id, seconds, furthest, place, updated_at)
SELECT told.asset, told.person, told.seconds, told.furthest, told.place, told.at
FROM unnest(%s::bigint[], %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::timestamptz[])
  AS told(asset, person, seconds, furthest, place, at)
JOIN media_asset film ON film.id = told.asset JOIN accounts_user person ON person.id = told.person
ORDER BY told.asset, told.person
ON CONFLICT (asset_id, person_id) DO UPDATE SET seconds = known.seconds + excluded.seconds,
  furthest = greatest(known.furthest, excluded.furthest), place = excluded.place, updated_at = excluded.updated_at
"""
WRITE_MINUTES = """
INSERT INTO media_watchedminute AS known (asset_id, minute, seconds)
SELECT told.asset, told.minute, told.seconds
FROM unnest(%s::bigint[], %s::int[], %s::float8[]) AS told(asset, minute, seconds)
JOIN media_asset film ON film.id = told.asset
ORDER BY told.asset, told.minute
ON CONFLICT (asset_id, minute) DO UPDATE SET seconds = known.seconds + excluded.seconds
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A beat as a player sent it."""

    event_id: int
    user_id: int | None
    film: str
    """The mark that came with the player (`selectors.watch_mark`)."""
    spans: Sequence[tuple[float, float]]
    place: float


def note_beats(said: Sequence[Said]) -> list[Refused | None]:
    """One answer each. No query: what a beat is about stands, signed, in the mark that the player was given."""
    found: list[beats.Beat] = []
    answers: list[Refused | None] = []
    for one in said:
        film = selectors.marked_film(one.film)
        if film is None or film.event_id != one.event_id or one.user_id is None:
            words = _("This film is not known here. Load the page again.")
            answers.append(Refused("media.none", words, status=404))
            continue
        spans = tuple((begin, end) for begin, end in (_cut(span, film.seconds) for span in one.spans) if end > begin)
        found.append(beats.Beat(film.asset_id, one.user_id, spans, min(max(0.0, one.place), film.seconds)))
        answers.append(None)
    beats.note(found)
    return answers


def _cut(span: tuple[float, float], seconds: float) -> tuple[float, float]:
    return max(0.0, span[0]), min(span[1], seconds)


def write_watched() -> int:
    """A round: what waits is written, a thousand people a statement. How many rows were told."""
    written = 0
    while written < MOST_ROWS:
        try:
            taken = beats.take(AT_ONCE)
        except beats.Failed:
            break
        if not taken.people and not taken.minutes:
            break
        _write_or_give_back(taken)
        written += len(taken.people) + len(taken.minutes)
    return written


def _write_or_give_back(taken: beats.Taken) -> None:
    """While the database is away, what was taken waits on. What the database does not take is not tried for ever."""
    try:
        _write(taken)
    except (OperationalError, InterfaceError):
        try:
            beats.give_back(taken)
        except beats.Failed:
            logger.exception("What %s people have watched is lost.", len(taken.people))
        raise
    except DatabaseError:
        logger.exception("What %s people have watched could not be written.", len(taken.people))


@transaction.atomic
def _write(taken: beats.Taken) -> None:
    with connection.cursor() as cursor:
        if taken.people:
            rows = [(one.asset_id, one.user_id, one.seconds, one.furthest, one.place, one.at) for one in taken.people]
            cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
        if taken.minutes:
            told = [(asset, minute, seconds) for (asset, minute), seconds in taken.minutes.items()]
            cursor.execute(WRITE_MINUTES, [list(column) for column in zip(*told, strict=True)])
