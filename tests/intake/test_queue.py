"""What everybody who hands something to the intake may rely on, whichever backend takes it."""

import pytest
from django.db import transaction

from apps.core.errors import Refused
from apps.intake import items, queue
from apps.intake.items import Item, Owner, Standing

# Directly, what an owner does with the same item again is its own rule.
BUFFERED = pytest.mark.parametrize("intake", ["redis", "sqs"], indirect=True)


@pytest.fixture
def applied(monkeypatch):
    """Two kinds with an owner each; the batches they were given, in order."""
    batches = []
    monkeypatch.setattr(items, "_owners", {})

    class Notes(Owner):
        kind = "test.note"

        def apply(self, batch):
            batches.append((self.kind, [item.key for item in batch]))
            return [Standing(item.revision, item.body) for item in batch]

    class Closed(Owner):
        kind = "test.closed"

        def apply(self, batch):
            batches.append((self.kind, [item.key for item in batch]))
            return [Refused("test.closed", "Closed.") for _ in batch]

        def gates(self, names):
            return {}

        def refusal(self, gate, why):
            return Refused("test.closed", "Closed.")

    items.register(Notes())
    items.register(Closed())
    return batches


def test_each_item_is_answered_in_order(db, intake, applied):
    outcomes = queue.accept_many(
        [Item("test.note", "g", "a", 1, {"n": 1}), Item("test.closed", "h", "b", 1), Item("test.note", "g", "c", 2)]
    )

    assert outcomes[0] == Standing(1, {"n": 1})
    assert outcomes[1].code == "test.closed"
    assert outcomes[2] == Standing(2, {})


def test_items_of_a_kind_reach_their_owner_as_one_batch(db, intake, applied, drain):
    queue.accept_many([Item("test.note", "g", key, 1) for key in "ac"])
    drain()

    [(kind, keys)] = applied
    assert (kind, sorted(keys)) == ("test.note", ["a", "c"])


def test_nothing_is_applied_to_nothing(intake, applied):
    assert queue.accept_many([]) == []
    assert applied == []


def test_items_of_an_unknown_kind_are_a_mistake_of_the_program(db, intake, applied):
    with pytest.raises(KeyError, match=r"test\.nobody"):
        queue.accept_many([Item("test.nobody", "g", "a", 1)])


def test_one_failing_owner_takes_the_whole_call_back(db, settings, applied, monkeypatch):
    """Directly: durable together or not at all, since all are applied in the caller's transaction."""
    settings.INTAKE = "direct"
    seen = []

    def inside(batch):
        seen.append(transaction.get_connection().in_atomic_block)
        raise RuntimeError("not today")

    monkeypatch.setattr(items.owner_of("test.note"), "apply", inside)
    with pytest.raises(RuntimeError):
        queue.accept_many([Item("test.note", "g", "a", 1)])

    assert seen == [True]


@BUFFERED
def test_same_item_again_is_answered_and_taken_once(db, intake, applied, drain):
    item = Item("test.note", "g", "a", 1, {"n": 1})

    assert queue.accept_many([item]) == queue.accept_many([item]) == [Standing(1, {"n": 1})]
    assert drain() == 1


@BUFFERED
def test_highest_revision_wins_and_is_told_to_who_comes_late(db, intake, applied, drain):
    first, second = Item("test.note", "g", "a", 1, {"n": 1}), Item("test.note", "g", "a", 2, {"n": 2})

    outcomes = [queue.accept_many([item])[0] for item in (first, second, first)]

    assert outcomes == [Standing(1, {"n": 1}), Standing(2, {"n": 2}), Standing(2, {"n": 2})]
    assert queue.standing([("g", "a"), ("g", "b")]) == {("g", "a"): Standing(2, {"n": 2})}
