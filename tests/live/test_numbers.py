"""Numbers: the gapless `seq` of a log, and versions that only ever grow."""

import threading

import pytest
from django.db import connections, transaction

from apps.live import seq, versions


def test_numbers_are_gapless_over_a_rollback(live, event_id):
    with transaction.atomic():
        assert seq.next_seq(event_id, "a") == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        seq.next_seq(event_id, "a")
        raise ZeroDivisionError
    with transaction.atomic():
        assert seq.next_seqs(event_id, "a", count=3) == range(2, 5)

    assert seq.heads([(event_id, "a"), (event_id, "silent")]) == {(event_id, "a"): 4}


def test_number_outside_a_transaction_is_refused(live, event_id):
    with pytest.raises(transaction.TransactionManagementError):
        seq.next_seq(event_id, "a")


def test_numbers_of_concurrent_writers_are_given_once(live, event_id):
    taken, lock = [], threading.Lock()

    def write():
        for _ in range(20):
            with transaction.atomic():
                number = seq.next_seq(event_id, "a")
            with lock:
                taken.append(number)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(taken) == list(range(1, 81))


def test_versions_grow_strictly():
    found = [versions.read() for _ in range(200)]

    assert found == sorted(set(found))
    assert found[-1] < 2**53


def test_version_grows_past_a_clock_that_went_back(redis):
    ahead = versions.read() + 60_000_000
    redis.set(versions.KEY, ahead)

    assert versions.read() == ahead + 1
    redis.delete(versions.KEY)


def test_page_renders_without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert versions.read() == 0
