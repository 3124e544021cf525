"""Seats for many at once: a side for each name, a seat for each person, in a handful of statements.

Whoever comes twice (from two devices, or in two batches) and whoever comes second with a name is told apart by the
constraints of the tables, never by looking first. Rows are written in one order everywhere, so that two batches cannot
wait for each other.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.chat.services.wordlist import Matcher, matcher_of
from apps.core import clock
from apps.core.errors import Refused
from apps.quizzes import selectors
from apps.quizzes.models import Game, Seat
from apps.quizzes.services.holding import share
from apps.quizzes.services.running import over

MOST_NAME = 24
JOINER = "\u200d"
"""Holds the letters of some scripts together."""

SIDES = """
INSERT INTO quizzes_side (game_id, name, enters_at, points, gained, streak, rank, joined_at)
SELECT %(game)s, name, %(enters)s, 0, 0, 0, 0, %(now)s FROM unnest(%(names)s::text[]) name
ON CONFLICT (game_id, lower(name)) DO NOTHING
RETURNING name, id
"""
TEAMS = """
SELECT asked.name, side.id
FROM unnest(%(names)s::text[]) asked(name)
JOIN quizzes_side side ON side.game_id = %(game)s AND lower(side.name) = lower(asked.name)
ORDER BY side.id FOR NO KEY UPDATE OF side
"""
SEATS = """
INSERT INTO quizzes_seat (game_id, side_id, user_id, is_captain, extra, joined_at)
SELECT %(game)s, side, person, %(captain)s, coalesce((SELECT max(extra) FROM quizzes_seat WHERE side_id = side), 0),
       %(now)s
FROM unnest(%(sides)s::bigint[], %(people)s::bigint[]) AS new (side, person)
JOIN accounts_user ON accounts_user.id = person
ON CONFLICT (game_id, user_id) DO NOTHING
RETURNING side_id
"""
CAPTAINS = """
UPDATE quizzes_seat SET is_captain = true
FROM (SELECT DISTINCT ON (side_id) id FROM quizzes_seat
      WHERE side_id = ANY(%(sides)s) AND side_id NOT IN (SELECT side_id FROM quizzes_seat
                                                         WHERE side_id = ANY(%(sides)s) AND is_captain)
      ORDER BY side_id, array_position(%(people)s::bigint[], user_id), id) first
WHERE quizzes_seat.id = first.id
"""
EMPTY = """
DELETE FROM quizzes_side side WHERE id = ANY(%(sides)s)
AND NOT EXISTS (SELECT FROM quizzes_seat WHERE side_id = side.id)
"""


@dataclass(frozen=True, slots=True)
class Joining:
    event_id: int
    game_id: int
    user_id: int
    name: str
    """One's own, or the team's where teams play: the first who names a team is its captain."""
    roles: frozenset[str] = frozenset()
    """Theirs in the event: whether they may be in the quiz's session."""


@transaction.atomic
def seat(game: Game, asked: Sequence[Joining]) -> dict[int, Refused]:
    """Seats these people; why not, by person, of those who cannot be. Where the game stands is read here, once it is
    held."""
    people = {one.user_id for one in asked}
    stands = share(game.pk)
    if stands is None:
        return dict.fromkeys(people, selectors.unknown())
    game.phase, game.position = stands
    seated = set(Seat.objects.filter(game=game, user__in=people).values_list("user", flat=True))
    if game.phase == Game.Phase.OVER:
        return {user_id: over() for user_id in people - seated}
    matcher = matcher_of(game.quiz.event_id)
    refused: dict[int, Refused] = {}
    names: dict[int, str] = {}
    for one in asked:
        if one.user_id in seated or one.user_id in names:
            continue
        try:
            names[one.user_id] = clean_name(matcher, one.name)
        except Refused as refusal:
            refused[one.user_id] = refusal
    if names:
        refused |= (_in_teams if game.teams else _alone)(game, names)
    return refused


def _alone(game: Game, names: dict[int, str]) -> dict[int, Refused]:
    """A side each; the first with a name has it."""
    firsts: dict[str, int] = {}
    for user_id, name in names.items():
        firsts.setdefault(name.casefold(), user_id)
    owners = {names[user_id]: user_id for user_id in firsts.values()}
    made = _sides(game, owners)
    _seats(game, [(side, owners[name]) for name, side in made.items()], is_captain=True)
    # Of two devices of one person only one was seated; what the other had made goes again.
    _run(EMPTY, {"sides": list(made.values())})
    without = {user_id for user_id, name in names.items() if name not in made or owners[name] != user_id}
    there = set(Seat.objects.filter(game=game, user__in=without).values_list("user", flat=True)) if without else set()
    return {user_id: name_taken() for user_id in without - there}


def _in_teams(game: Game, names: dict[int, str]) -> dict[int, Refused]:
    """By name, into the team of that name; the first in a team is its captain. Held until they sit, so that two who
    come first are not both its captain."""
    spelled: dict[str, str] = {}
    for name in names.values():
        spelled.setdefault(name.casefold(), name)
    made = set(_sides(game, spelled.values()).values())
    teams = dict(_run(TEAMS, {"game": game.pk, "names": sorted(set(names.values()))}))
    _seats(game, [(teams[name], user_id) for user_id, name in names.items() if name in teams], is_captain=False)
    _run(CAPTAINS, {"sides": sorted(teams.values()), "people": list(names)})
    _run(EMPTY, {"sides": sorted(made)})
    return {}


def _sides(game: Game, names: Iterable[str]) -> dict[str, int]:
    """Those that are new, by their names."""
    values = {"game": game.pk, "names": sorted(names, key=_order), "enters": game.position + 1, "now": clock.now()}
    return dict(_run(SIDES, values))


def _seats(game: Game, pairs: Sequence[tuple[int, int]], *, is_captain: bool) -> None:
    ordered = sorted(pairs, key=lambda pair: pair[1])
    values = {"game": game.pk, "captain": is_captain, "now": clock.now()}
    _run(SEATS, values | {"sides": [side for side, _user in ordered], "people": [user for _side, user in ordered]})


def _order(name: str) -> tuple[str, str]:
    return name.casefold(), name


def _run(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def at_once() -> Refused:
    return Refused("quiz.join_again", _("Something changed at the same moment. Join again."), retry_after=1, status=503)


def name_taken() -> Refused:
    return Refused("quiz.name_taken", _("Somebody here has this name already. Choose another one."), field="name")


def clean_name(matcher: Matcher, name: str) -> str:
    """In one line, without what cannot be seen. Refused where nothing is left, or where it holds a listed word."""
    shown = (letter for letter in name if unicodedata.category(letter)[0] != "C" or letter in f"{JOINER} \t\n")
    seen = "".join(" " if letter.isspace() else letter for letter in shown)
    clean = " ".join(unicodedata.normalize("NFC", seen).split())
    if not clean or len(clean) > MOST_NAME:
        raise Refused(
            "quiz.name", _("A name has one to %(most)d letters."), values={"most": MOST_NAME}, field="name", status=400
        )
    if matcher.find(clean) is not None:
        raise Refused("quiz.name_refused", _("This name is not welcome here. Choose another one."), field="name")
    return clean
