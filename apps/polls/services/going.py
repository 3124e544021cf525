"""Polls and people that go while answers are being written: whoever deletes waits for whoever writes, and the other way
round, since no constraint of the database looks after the rows of answers (`models.Answer` says why).

Whoever writes or moves rows holds the poll first, then the people. A deletion of people keeps all answers that have
names waiting until it is committed: delete many in transactions of their own. What is deleted by SQL past Django takes
no answers along.
"""

from celery import current_app
from django.db import connection, transaction

from apps.accounts.models import User
from apps.intake import queue
from apps.polls.models import Answer, Poll, gate_of

PEOPLE = 0x706F6C6C73
"""The number of the lock, "polls": one for all people, where a lock for each would cost what the constraint did."""


def hold_people() -> None:
    """No account is deleted before this transaction ends. Any number may hold them at once."""
    _lock("pg_advisory_xact_lock_shared")


def let_person_go(person: User) -> None:
    """No answers of people are written before this transaction, which deletes this one and their answers, ends. The
    counters are not believed from then on, and counted anew as soon as a worker comes to it."""
    _lock("pg_advisory_xact_lock")
    places = Answer.objects.filter(user=person).order_by().values_list("poll", "round", "late").distinct()
    gates = [gate_of(poll, number, late=late) for poll, number, late in places]
    queue.doubt(gates)
    if gates:
        transaction.on_commit(lambda: current_app.send_task("polls.count_anew", args=[gates]), robust=True)


def let_poll_go(poll: Poll) -> None:
    """The same for the answers to one poll: whoever writes them holds its row."""
    list(Poll.objects.select_for_update().filter(pk=poll.pk).values_list("pk"))


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [PEOPLE])
