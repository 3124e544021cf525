"""Publishing: only what was committed, through one loop of the process; and marks that one ticker claims."""

import asyncio
import threading
import time

import pytest
import redis
from django.db import transaction

from apps.live import dirty, layer, outbox, publish, store


@pytest.fixture
def own_marks(monkeypatch):
    """Marks that no running process looks at."""
    for name in ("DIRTY", "CLAIMED", "PAUSE"):
        monkeypatch.setattr(dirty, name, f"test:{name}:{time.time()}")


def test_nothing_is_published_by_a_transaction_that_fails(live, event_id, monkeypatch):
    sent = []
    monkeypatch.setattr(outbox, "log", lambda *words: sent.append(words))

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish.log(event_id, "room/1", seq=1, payload={})
        raise ZeroDivisionError
    with transaction.atomic():
        publish.log(event_id, "room/1", seq=1, payload={"a": 1})
        assert sent == []

    assert sent == [(event_id, "room/1", (1, b'{"a":1}'))]


@pytest.mark.parametrize("topic", ["nothing", "tally/1"])
def test_log_message_needs_a_log_topic(live, event_id, topic):
    with pytest.raises(ValueError, match="LogTopic"):
        publish.log(event_id, topic, seq=1, payload={})


def test_all_threads_of_a_process_publish_through_one_loop(live, event_id):
    def many():
        for number in range(20):
            outbox.log(event_id, "room/1", (number, b"{}"))

    callers = [threading.Thread(target=many) for _ in range(4)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()

    assert outbox.flush()
    assert len([one for one in threading.enumerate() if one.name == "plenary-outbox"]) == 1


def test_what_redis_refuses_once_is_tried_again_and_holds_up_nothing(live, event_id, monkeypatch):
    sent, log_sent = [], threading.Event()

    async def refusing_once():
        sent.append("refused")
        if len(sent) == 1:
            raise redis.ResponseError("OOM command not allowed")

    async def other():
        sent.append("other")

    async def send_log(*_words):
        log_sent.set()

    monkeypatch.setattr(layer, "send_log", send_log)
    own = outbox.Outbox()
    own.urgent(refusing_once)
    own.urgent(other)
    own.log(event_id, "room/1", (1, b"{}"))

    assert own.flush(10)
    own.close()
    assert sorted(sent) == ["other", "refused", "refused"]
    assert sent[0] == "refused"
    assert log_sent.is_set()


def test_what_redis_always_refuses_ends(live, monkeypatch):
    monkeypatch.setattr(outbox, "MOST_TRIES", 3)
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.01)
    tries = []

    async def refused():
        tries.append(1)
        raise redis.ResponseError("no")

    own = outbox.Outbox()
    own.urgent(refused)
    assert own.flush(10)
    own.close()
    assert len(tries) == 3


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(outbox, "MOST_TRIES", 5)
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.01)
    own = outbox.Outbox()
    yield own
    own.close()


def test_state_that_redis_refuses_is_marked_when_it_takes_it_again(live, event_id, quick, monkeypatch):
    marked = []

    async def mark(members):
        marked.append(list(members))
        if len(marked) < 3:
            raise redis.exceptions.ReadOnlyError("You can't write against a read only replica.")

    monkeypatch.setattr(dirty, "mark", mark)
    quick.state(event_id, "tally/1", 100)

    assert quick.flush(10)
    assert marked == [[dirty.member(event_id, "tally/1", 100)]] * 3


def test_state_that_redis_always_refuses_ends(live, event_id, quick, monkeypatch):
    tries = []

    async def mark(members):
        tries.append(members)
        raise redis.OutOfMemoryError("OOM command not allowed")

    monkeypatch.setattr(dirty, "mark", mark)
    quick.state(event_id, "tally/1", 100)

    assert quick.flush(10)
    assert len(tries) == 5


def test_message_that_is_refused_takes_no_other_with_it(live, event_id, quick, monkeypatch):
    sent, marked = [], threading.Event()

    async def send_log(_event, topic, items):
        if any(number == 2 for number, _data in items):
            raise redis.ResponseError("no")
        sent.extend((topic, number) for number, _data in items)

    async def mark(_members):
        marked.set()

    monkeypatch.setattr(layer, "send_log", send_log)
    monkeypatch.setattr(dirty, "mark", mark)
    with quick._changed:  # so that all of it goes in one go
        for topic, number in (("room/1", 1), ("room/1", 2), ("room/1", 3), ("room/2", 2), ("room/3", 1)):
            quick.log(event_id, topic, (number, b"{}"))
        quick.state(event_id, "tally/1", 100)

    assert quick.flush(10)
    assert sent == [("room/1", 1), ("room/1", 3), ("room/3", 1)]
    assert marked.is_set()


def test_mark_is_claimed_once_and_anew_only_after_the_interval(live, event_id, own_marks):
    member = dirty.member(event_id, "tally/1", 60_000)

    async def scene():
        try:
            await dirty.mark([member, member])
            first, none = await dirty.claim(10), await dirty.claim(10)
            await dirty.mark([member])
            too_soon = await dirty.claim(10)
            for claim in first:
                await dirty.announce(claim)
                await dirty.done(claim)
            return first, none, too_soon, await dirty.newest([(event_id, "tally/1"), (event_id, "tally/2")])
        finally:
            await store.close_loop_client()

    first, none, too_soon, newest = asyncio.run(scene())

    assert [(claim.event_id, claim.topic) for claim in first] == [(event_id, "tally/1")]
    assert (none, too_soon) == ([], [])
    assert newest == [first[0].version, 0]


def test_many_marks_go_in_several_calls(live, event_id, own_marks, monkeypatch):
    """Redis does nothing else while one lasts."""
    monkeypatch.setattr(dirty, "MOST_MARKED", 2)
    monkeypatch.setattr(dirty, "MARK", f"if #ARGV > 2 then return redis.error_reply('many') end {dirty.MARK}")
    members = [dirty.member(event_id, f"tally/{number}", 100) for number in range(5)]

    async def scene():
        try:
            await dirty.mark(members)
            return await dirty.claim(10)
        finally:
            await store.close_loop_client()

    assert sorted(claim.member for claim in asyncio.run(scene())) == members


def test_claim_of_a_ticker_that_died_is_taken_over(live, event_id, own_marks, redis):
    member = dirty.member(event_id, "tally/1", 100)
    redis.zadd(dirty.CLAIMED, {member: 1})

    async def scene():
        try:
            return await dirty.claim(10)
        finally:
            await store.close_loop_client()

    assert [claim.member for claim in asyncio.run(scene())] == [member]
