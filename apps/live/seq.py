"""The numbers of log topics, given out by PostgreSQL inside the transaction that writes the message.

The row of the topic stays locked until that transaction ends. Therefore numbers become visible in order: who
sees message 12 also sees 11, a rollback leaves no hole, and a replay from the database is never missing one in
the middle. Take the number late in the transaction, to hold the lock briefly; who numbers messages of several
topics in one transaction takes them in the order of the topics' names, so that two of them cannot wait for
each other.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from apps.core import router

NEXT = """
INSERT INTO live_sequence (event_id, topic, value) VALUES (%s, %s, %s)
ON CONFLICT (event_id, topic) DO UPDATE SET value = live_sequence.value + excluded.value
RETURNING value
"""
HEADS = "SELECT event_id, topic, value FROM live_sequence WHERE (event_id, topic) IN %s"


def next_seq(event_id: int, topic: str) -> int:
    """The next number of this topic. Call it inside `transaction.atomic()`."""
    return next_seqs(event_id, topic, count=1)[0]


def next_seqs(event_id: int, topic: str, *, count: int) -> range:
    """The next `count` numbers of this topic in one statement, for messages that are written together."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A number must be taken in the transaction of its message.")
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [event_id, topic, count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


def head(event_id: int, topic: str) -> int:
    """The newest committed number of a topic; 0 where nothing was said yet."""
    return heads([(event_id, topic)]).get((event_id, topic), 0)


def heads(topics: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The newest committed numbers of many topics in one query; silent topics are left out."""
    wanted = tuple(topics)
    if not wanted:
        return {}
    router.use_primary()  # or the page would show less than up to this number
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [wanted])
        return {(event_id, topic): value for event_id, topic, value in cursor.fetchall()}
