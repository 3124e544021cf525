"""The order of anonymous answers: made anew after the close, since an order of coming is as good as a time.

Rows have an order without having a time: by their numbers, and by where they lie in the table, which is the order of a
dump. Whoever knows when people were at their pages could put the two side by side. So the rows of a round that is over
are written anew in an order that is made of themselves: answers by their voters' names, which are chance to whoever has
not the secret, and who took part by the people's numbers. That goes in pieces, each a short transaction which holds its
own rows and of the poll only that it stays; how far it has come stands with what is owed.
"""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

from apps.polls.models import Unmixed
from apps.polls.services import going

PIECE = 2000
"""Rows of a kind that are moved at a time: a tenth of a second or two, for which who else writes one of them waits."""

MOVE = """
WITH piece AS (
    SELECT id, {order} FROM {table}
    WHERE poll_id = %s AND round = %s AND ({order}) > ({after}) ORDER BY {order} LIMIT %s FOR UPDATE
), gone AS (
    DELETE FROM {table} AS moved USING piece WHERE moved.id = piece.id RETURNING {columns}
), again AS (
    INSERT INTO {table} ({written}) SELECT {written} FROM gone ORDER BY {order}
)
SELECT {order} FROM piece ORDER BY {backwards} LIMIT 1
"""


def _move(table: str, order: Collection[str], written: Collection[str]) -> str:
    return MOVE.format(
        table=table,
        order=", ".join(order),
        after=", ".join("%s" for _column in order),
        backwards=", ".join(f"{column} DESC" for column in order),
        columns=", ".join(f"moved.{column}" for column in written),
        written=", ".join(written),
    )


HOLD = "SELECT id FROM polls_poll WHERE id = (SELECT poll_id FROM polls_unmixed WHERE id = %s) FOR KEY SHARE"
"""The poll, against its deletion alone."""
ANSWERS = _move(
    "polls_answer",
    ("late", "voter"),
    ("poll_id", "round", "late", "voter", "user_id", "said", "counts", "revision", "answered_at"),
)
PARTICIPATIONS = _move("polls_participation", ("user_id",), ("id", "poll_id", "round", "user_id"))


def owe_mixing(rounds: Collection[tuple[int, int]]) -> None:
    """Of polls and their rounds: rows came that lie in an order of time. In the transaction that writes them, before
    it does: whoever mixes holds what is owed first as well."""
    Unmixed.objects.bulk_create(
        [Unmixed(poll_id=poll, round=number, again=True) for poll, number in sorted(rounds)],
        update_conflicts=True,
        unique_fields=["poll", "round"],
        update_fields=["again"],
    )


def mix_answers() -> int:
    """Of the rounds that are owed it; how many are done."""
    return sum(_mix(owed) for owed in list(Unmixed.objects.order_by("pk").values_list("pk", flat=True)))


def _mix(owed: int) -> bool:
    is_done = None
    while is_done is None:
        is_done = _mix_piece(owed)
    return is_done


@transaction.atomic
def _mix_piece(number: int) -> bool | None:
    """Whether that was the last one; None where more is left. False where somebody else has done it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [number])
    going.hold_people()  # of a round that had names before its poll became anonymous
    owed = Unmixed.objects.select_for_update().filter(pk=number).first()
    if owed is None:
        return False
    if owed.again:  # rows may have come before where it stood
        owed.again, owed.late, owed.voter, owed.person = False, False, "", 0
    place = (owed.poll_id, owed.round)
    answer = _moved(ANSWERS, *place, owed.late, owed.voter)
    person = _moved(PARTICIPATIONS, *place, owed.person)
    if answer is None and person is None:
        owed.delete()
        return True
    owed.late, owed.voter = answer or (owed.late, owed.voter)
    [owed.person] = person or (owed.person,)
    owed.save()
    return None


def _moved(query: str, *said: Any) -> tuple[Any, ...] | None:
    """The last of the piece; None where there was nothing left."""
    with connection.cursor() as cursor:
        cursor.execute(query, [*said, PIECE])
        found = cursor.fetchall()
    return found[0] if found else None
