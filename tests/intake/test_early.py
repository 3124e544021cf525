"""Gates that open by themselves: by the queue's clock, and by no other."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.intake import items, queue, store
from apps.intake.items import Gate, Item, Owner, Standing

pytestmark = pytest.mark.django_db


def queue_time():
    seconds, micros = store.client().time()
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


@pytest.fixture(params=["redis", "sqs"])
def buffered(request, settings):
    settings.INTAKE = "redis"
    if request.param == "sqs":
        request.getfixturevalue("sqs_queue")


@pytest.fixture
def written(buffered, monkeypatch):
    """The items that reach an owner whose gate opens in 0.4 seconds, while our own clock is an hour ahead."""
    found = []
    opens_at = queue_time() + timedelta(milliseconds=400)
    ahead = clock.now() + timedelta(hours=1)

    class Early(Owner):
        kind = "test.early"
        since = opens_at

        def apply(self, batch):
            found.extend(batch)
            return [Standing(item.revision, item.body) for item in batch]

        def gates(self, names):
            return {name: Gate(event_id=0, open=True, since=opens_at) for name in names}

        def refusal(self, gate, why):
            return Refused(f"test.{why}", "Not now.")

    monkeypatch.setattr(items, "_owners", {})
    monkeypatch.setattr(clock, "now", lambda: ahead)
    items.register(Early())
    return found


def send(key):
    [outcome] = queue.accept_many([Item("test.early", "early/1", key, 1, {"said": key})])
    return outcome


def test_gate_opens_by_itself_at_its_time_by_the_clock_of_redis(written, drain):
    early = send("a")
    assert (early.code, queue.tallies(["early/1"])["early/1"].keys) == ("test.early", 0)

    for _try in range(200):
        if not isinstance(send("b"), Refused):
            break
        store.client().blpop("nothing-comes-here", 0.01)
    drain()

    assert [item.key for item in written] == ["b"]
    assert written[0].at >= items.owner_of("test.early").since


def test_those_who_come_too_early_are_not_in_each_others_way(written):
    send("a")
    token = store.client().hget(store.keys_of("early/1")[0], "token")

    send("b")

    assert token == store.client().hget(store.keys_of("early/1")[0], "token")


def test_gate_that_was_told_before_its_time_opens_as_well(written):
    queue._backend(queue.backend_name()).refresh("test.early", ["early/1"])
    assert isinstance(send("a"), Refused)

    store.client().blpop("nothing-comes-here", 0.6)

    assert send("a") == Standing(1, {"said": "a"})
