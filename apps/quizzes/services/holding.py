"""Games that are held: by any number who seat people or write answers, or by the one who moves the game on.

By a lock of its own, which is given in the order in which it was asked for. A share of the game's row is not: whoever
comes later gets one at once, past who waits for the whole row, and as long as people stream in at two processes the
host would wait for them. The row is held as well, against who deletes it.
"""

from collections.abc import Iterable

from django.db import connection

from apps.quizzes.models import Game

GAMES = 0x7175697A
"""The first number of the lock, "quiz"; the second is the game's own."""
SHARE = """
SELECT pg_advisory_xact_lock_shared(%s, (game %% 2147483648)::int)
FROM (SELECT DISTINCT game_id AS game FROM quizzes_turn WHERE id = ANY(%s) ORDER BY game_id) AS games
"""
ROWS = """
SELECT id FROM quizzes_game WHERE id IN (SELECT game_id FROM quizzes_turn WHERE id = ANY(%s)) ORDER BY id FOR KEY SHARE
"""


def share(game_id: int) -> tuple[str, int] | None:
    """The game is not moved on before this transaction ends. Its phase and position; None where it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [GAMES, game_id % 2**31])
        # Not in one statement: it would see the game as it was before it waited.
        cursor.execute("SELECT phase, position FROM quizzes_game WHERE id = %s FOR KEY SHARE", [game_id])
        found: tuple[str, int] | None = cursor.fetchone()
        return found


def share_turns(turn_ids: Iterable[int]) -> list[int]:
    """The same of the games of these turns. The turns once more, each once."""
    wanted = sorted(set(turn_ids))
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [GAMES, wanted])
        cursor.execute(ROWS, [wanted])
    return wanted


def hold(game_id: int) -> Game:
    """The game as it stands, which nobody else moves on, and behind which nothing is written, before this transaction
    ends. Needed by all who do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GAMES, game_id % 2**31])
    return Game.objects.select_for_update(no_key=True, of=("self",)).select_related("quiz__event").get(pk=game_id)
