"""What everybody who hands something to the intake may rely on."""

import pytest
from django.db import transaction

from apps.core.errors import Refused
from apps.intake import items, queue
from apps.intake.items import Item, Standing


@pytest.fixture
def applied(monkeypatch):
    """Two kinds with a handler each; the batches they were given, in order."""
    batches = []
    monkeypatch.setattr(items, "_handlers", {})

    @items.handler("test.note")
    def keep(batch):
        batches.append(("test.note", [item.key for item in batch]))
        return [Standing(item.revision, item.body) for item in batch]

    @items.handler("test.closed")
    def refuse(batch):
        batches.append(("test.closed", [item.key for item in batch]))
        return [Refused("test.closed", "Closed.") for _ in batch]

    return batches


def test_each_item_is_answered_in_order(db, applied):
    outcomes = queue.accept_many(
        [Item("test.note", "g", "a", 1, {"n": 1}), Item("test.closed", "g", "b", 1), Item("test.note", "g", "c", 2)]
    )

    assert outcomes[0] == Standing(1, {"n": 1})
    assert outcomes[1].code == "test.closed"
    assert outcomes[2] == Standing(2, {})


def test_items_of_a_kind_reach_its_handler_as_one_batch(db, applied):
    queue.accept_many(
        [Item("test.note", "g", "a", 1), Item("test.closed", "g", "b", 1), Item("test.note", "g", "c", 1)]
    )

    assert applied == [("test.closed", ["b"]), ("test.note", ["a", "c"])]


def test_nothing_is_applied_to_nothing(applied):
    assert queue.accept_many([]) == []
    assert applied == []


def test_items_of_an_unknown_kind_are_a_mistake_of_the_program(db, applied):
    with pytest.raises(KeyError, match=r"test\.nobody"):
        queue.accept_many([Item("test.nobody", "g", "a", 1)])


def test_one_failing_handler_takes_the_whole_call_back(db, applied):
    """Durable together or not at all: all handlers run in the caller's transaction."""
    seen = []

    @items.handler("test.note")
    def inside(batch):
        seen.append(transaction.get_connection().in_atomic_block)
        raise RuntimeError("not today")

    with pytest.raises(RuntimeError):
        queue.accept_many([Item("test.note", "g", "a", 1)])

    assert seen == [True]
