"""What services call to tell people: a few verbs, all of which take effect when the transaction commits.

They may be called from any process (web, worker, shell, tests) and never block on the network: what is to be
sent is handed to the one event loop that the process keeps (see `outbox.py`).
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from apps.live import lately, outbox, wire
from apps.live.registry import LogTopic, Match, StateTopic, registry, resolve
from apps.live.revocation import EVERYBODY


def log(event_id: int, topic: str, *, seq: int, payload: Any) -> None:
    """Sends one message of a log topic after commit. `seq` is from `seq.next_seq`, in this transaction.

    `payload` is anything that msgspec can write as JSON; it is encoded now, so later changes don't reach it.
    """
    _match(topic, LogTopic)
    item = (seq, wire.encode(payload))
    transaction.on_commit(lambda: outbox.log(event_id, topic, item))


def state(event_id: int, topic: str) -> None:
    """Marks a state topic as changed after commit; the engine reads its snapshot and publishes it soon."""
    declared = _match(topic, StateTopic).topic
    interval_ms = declared.interval_ms if isinstance(declared, StateTopic) else 0
    transaction.on_commit(lambda: outbox.state(event_id, topic, interval_ms))


def revoke(event_id: int, user_id: int) -> None:
    """Ends the sockets of one person in one event, everywhere: their roles changed, or they may not come in.

    The event's epoch is raised in this transaction, and the person noted; after commit their sockets close, older
    tickets no longer open one, and the feed's addresses change. Their pages fetch a new ticket by themselves, and join
    again what they may.
    """
    _revoke(event_id, user_id)


def revoke_all(event_id: int) -> None:
    """The same for everybody of an event, visitors too: for what is rare and concerns them all (it is archived, a door
    inside it was shut). It costs one message, whoever is there, and also reaches those who are away for a moment."""
    _revoke(event_id, EVERYBODY)


def ask_again(event_id: int, places: Iterable[str]) -> None:
    """Who hears a topic at one of these places (`session/7`, `chat/3`; see `places.py`) is put to its guard once more,
    and leaves it where they may no longer hear it. All sockets stay open; it costs one message, and the guards."""
    asked = frozenset(places)
    if asked:
        with transaction.atomic(savepoint=False):
            marks = lately.ask(event_id, asked)
            transaction.on_commit(lambda: outbox.again(event_id, marks))


def _revoke(event_id: int, user_id: int) -> None:
    if registry.raise_epoch is None:
        raise RuntimeError("No room keeps the epochs of events: see registry.keep_epochs.")
    with transaction.atomic(savepoint=False):
        epoch = registry.raise_epoch(event_id)
        lately.keep(event_id, user_id, epoch)
        transaction.on_commit(lambda: outbox.revoke(event_id, user_id, epoch))


def _match(topic: str, kind: type[LogTopic] | type[StateTopic]) -> Match:
    match = resolve(topic)
    if match is None or not isinstance(match.topic, kind):
        raise ValueError(f"{topic!r} is not the name of a registered {kind.__name__}.")
    return match
