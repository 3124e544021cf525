"""The drain: what is taken comes to the database, whoever dies; what cannot is set aside and blocks nobody."""

import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError

from apps.intake import applying, items, letters, metrics, queue, store
from apps.intake.adapters.stream import Stream
from apps.intake.drain import Crew, Drain, Line, source
from apps.intake.items import Item, Owner, Standing
from apps.intake.models import DeadLetter

pytestmark = pytest.mark.django_db


class Notes(Owner):
    """Keeps what it is given; "bad" is too much for it."""

    kind = "test.note"

    def __init__(self):
        self.kept = {}
        self.batches = []
        self.bad = {"bad"}

    def apply(self, batch):
        self.batches.append(len(batch))
        if self.bad & {item.key for item in batch}:
            raise ValueError("too much")
        for item in batch:
            if item.revision > self.kept.get(item.key, 0):
                self.kept[item.key] = item.revision
        return [Standing(self.kept[item.key], item.body) for item in batch]

    def counts(self, gate):
        return items.Counts(len(self.kept), {"n": len(self.kept)})

    def standing(self, gate, keys):
        return {key: Standing(self.kept[key], {}) for key in keys if key in self.kept}

    def tally(self, body):
        return {"n": 1}


@pytest.fixture
def notes(monkeypatch):
    monkeypatch.setattr(items, "_owners", {})
    owner = Notes()
    items.register(owner)
    return owner


@pytest.fixture(params=["redis", "sqs"])
def queued(request, settings):
    settings.INTAKE = "redis"
    if request.param == "sqs":
        request.getfixturevalue("sqs_queue")
    return request.param


def send(*keys, revision=1):
    return queue.accept_many([Item("test.note", "g", key, revision) for key in keys])


def after(failures, work):
    """`work`, once it has failed in each of these ways."""

    def tried(*words):
        if failures:
            raise failures.pop()
        return work(*words)

    return tried


GONE = OperationalError("server closed the connection unexpectedly")


def test_batches_come_whole(queued, notes, drain):
    send(*"abcdefghijklmno")

    assert drain() == 15
    assert sorted(notes.kept) == list("abcdefghijklmno")
    assert drain() == 0


def test_poisoned_item_is_found_set_aside_and_blocks_nobody(queued, notes, drain):
    send(*(f"good{n}" for n in range(20)), "bad")
    drain()

    letter = DeadLetter.objects.get()
    assert len(notes.kept) == 20
    assert (letter.kind, letter.gate, letter.key, letter.code) == ("test.note", "g", "bad", "intake.failed")
    assert "too much" not in letter.reason  # a message may hold what was sent
    assert metrics.health().depth == 0
    assert len(notes.batches) < 2 * 21


def test_set_aside_item_leaves_the_counters_when_all_is_calm(queued, notes, drain):
    send("a", "bad")
    assert queue.tallies(["g"])["g"].counts == {"n": 2}

    drain()

    assert queue.tallies(["g"])["g"].counts == {"n": 1}
    assert queue.tallies(["g"])["g"].keys == 1


def test_replay_applies_counts_and_forgets(queued, notes, drain):
    send("a", "bad")
    drain()
    letter = DeadLetter.objects.get()
    assert letters.replay(letter).code == "intake.failed"
    assert DeadLetter.objects.get().attempts == 2

    notes.bad.clear()

    assert letters.replay(letter) is None
    assert not DeadLetter.objects.exists()
    assert notes.kept == {"a": 1, "bad": 1}
    assert queue.tallies(["g"])["g"].counts == {"n": 2}


def test_what_one_drain_left_comes_to_another(notes, monkeypatch):
    send("a", "b")
    dead = Stream()
    assert len(dead.take(10, wait_seconds=0)) == 2

    assert Drain(Stream()).until_empty() == 0  # it may still be at work
    assert Drain(Stream(stale_seconds=0)).until_empty() == 2
    assert notes.kept == {"a": 1, "b": 1}


def test_redelivery_changes_nothing(queued, notes):
    """A drain that dies between the database and the queue: everything is done once more by another one."""
    send("a", "b")
    first = source()
    taken = first.take(10, wait_seconds=1)
    found = [one.item for one in taken]

    for _ in range(2):
        applying.hear(applying.tell(found, applying.apply(found)))

    assert queue.tallies(["g"])["g"].counts == {"n": 2}
    assert store.client().hget(store.keys_of("g")[0], "pending") == "0"


def test_drain_waits_for_a_database_that_is_away(queued, notes, monkeypatch, drain):
    send("a", "b")
    monkeypatch.setattr(notes, "apply", after([GONE], notes.apply))
    monkeypatch.setattr(applying, "_database_answers", lambda: False)
    with pytest.raises(applying.DatabaseGone):
        drain()
    assert not DeadLetter.objects.exists()

    if queued == "redis":
        assert Drain(Stream(stale_seconds=0)).until_empty() == 2
        assert notes.kept == {"a": 1, "b": 1}


def test_deadlock_is_tried_again_and_no_dead_letter(notes, monkeypatch, drain):
    send("a", "b")
    monkeypatch.setattr(notes, "apply", after([OperationalError("deadlock detected")] * 2, notes.apply))
    drain()

    assert notes.kept == {"a": 1, "b": 1}
    assert not DeadLetter.objects.exists()


def test_unreadable_entries_are_set_aside(notes, drain):
    send("a")
    store.client().xadd(store.STREAM, {"nonsense": "\0"})
    drain()

    assert DeadLetter.objects.get().code == "intake.kind_unknown"
    assert notes.kept == {"a": 1}


def test_group_is_made_again_when_redis_was_emptied(notes, drain):
    send("a")
    drain()
    store.client().flushdb()

    send("b")

    assert drain() == 1


def test_status_tells_what_waits(queued, notes, capsys, drain):
    send("a", "b", "bad")
    call_command("drain", "--status")
    waiting = capsys.readouterr().out
    drain()
    call_command("drain", "--status")
    after = capsys.readouterr().out

    assert f"backend={queued} depth=3" in waiting
    assert "depth=0" in after
    assert "dead_letters=1" in after


def test_health_knows_the_oldest_and_what_is_not_safe(notes):
    send("a")
    store.client().blpop("nothing-comes-here", 0.05)
    found = metrics.health()

    assert 0.04 < found.oldest_seconds < 60
    assert found.complaints == ("It has no append-only file: set appendonly yes.",)  # the suite's throwaway Redis


def test_batch_in_hand_is_written_when_the_database_is_back(queued, notes, monkeypatch):
    send("a", "b")
    monkeypatch.setattr(notes, "apply", after([GONE], notes.apply))
    monkeypatch.setattr(applying, "_database_answers", lambda: False)
    with Line(Drain(source()), wait_seconds=0) as line:
        with pytest.raises(applying.DatabaseGone):
            line.step()
        assert line.step() == 2
        assert line.step() == 0

    assert notes.kept == {"a": 1, "b": 1}
    assert metrics.health().depth == 0


def test_what_could_not_be_told_is_told_when_the_queue_is_back(notes, monkeypatch):
    send("a", "b", "c")
    worker = Drain(Stream(), most=1)
    monkeypatch.setattr(worker, "tell", after([store.Failed("connection reset")], worker.tell))
    with Line(worker, wait_seconds=0) as line:
        assert line.step() == 1
        with pytest.raises(store.Failed):
            line.step()
        while line.step():
            pass

    assert notes.kept == {"a": 1, "b": 1, "c": 1}
    assert store.client().xlen(store.STREAM) == 0
    assert store.client().hget(store.keys_of("g")[0], "pending") == "0"


def test_what_another_drain_holds_stays_though_newer_items_are_done(notes):
    send("a")
    slow = Stream()
    held = slow.take(1, wait_seconds=0)
    send("b")

    assert Drain(Stream()).until_empty() == 1
    assert store.client().xlen(store.STREAM) == 2
    send("c")
    slow.done(held)

    assert [entry[1]["key"] for entry in store.client().xrange(store.STREAM)] == ["c"]
    assert Drain(Stream()).until_empty() == 1
    assert store.client().xlen(store.STREAM) == 0
    assert notes.kept == {"b": 1, "c": 1}


@pytest.mark.django_db(transaction=True)
def test_crew_has_two_batches_with_the_database_at_a_time(notes, monkeypatch):
    send(*"abcdef")  # more than one drain holds while it writes its first
    together = threading.Barrier(2)
    came = set()
    write = notes.apply

    def apply(batch):
        if threading.get_ident() not in came:
            came.add(threading.get_ident())
            together.wait(60)
        return write(batch)

    monkeypatch.setattr(notes, "apply", apply)
    crew = Crew()
    for one in crew._drains:
        one.most = 1

    assert crew.until_empty() == 6
    assert len(came) == 2
    assert sorted(notes.kept) == list("abcdef")
    assert metrics.health().depth == 0


@pytest.mark.django_db(transaction=True)
def test_crew_shares_a_queue_that_keeps_an_order(queued, notes):
    send(*"abcdefghijklmno")

    crew = Crew()
    crew.until_empty()  # a queue may give the same item to both
    send("p")
    crew.until_empty()

    assert sorted(notes.kept) == list("abcdefghijklmnop")
    assert metrics.health().depth == 0


@pytest.mark.django_db(transaction=True)
def test_crew_ends_as_a_whole_where_one_of_it_fails(notes, monkeypatch):
    monkeypatch.setattr(applying, "apply", after([MemoryError("all of it")], applying.apply))
    send("a")

    with pytest.raises(MemoryError):
        Crew().run()
    assert Drain(Stream(stale_seconds=0)).until_empty() == 1
    assert notes.kept == {"a": 1}


@pytest.mark.django_db(transaction=True)
def test_crew_stops_when_it_is_told_to(notes):
    send("a")
    crew = Crew()
    crew.stop()
    crew.run()

    assert notes.kept == {}
    assert metrics.health().depth == 1
