"""Token buckets of a process, and what all processes count together."""

from apps.live import counters
from apps.live.limits import Bucket
from apps.live.registry import Rate


def test_bucket_lets_a_burst_through_and_then_one_at_a_time():
    rate = Rate(per_second=2, burst=3)
    bucket = Bucket(rate, 0.0)

    assert [bucket.take(rate, 0.0) for _ in range(3)] == [0.0] * 3
    assert bucket.take(rate, 0.0) == 0.5
    assert bucket.take(rate, 0.5) == 0.0
    assert not bucket.is_full(rate, 0.6)
    assert bucket.is_full(rate, 10.0)


def test_who_wants_more_than_most_is_told_apart_over_all_processes(redis, event_id):
    def over(**wanted):
        return counters.over(event_id, "react", wanted, most=5, seconds=30)

    assert over(ada=3, ben=5) == set()
    assert over(ada=2, ben=1) == {"ben"}
    assert over(ada=1) == {"ada"}
    assert 0 < redis.ttl(f"plenary:counter:{event_id}:react:ada") <= 30


def test_sum_without_an_end_is_given_one(redis, event_id):
    """What is left where a key runs out between two commands: nobody may be held back for ever."""
    key = f"plenary:counter:{event_id}:react:ada"
    redis.set(key, 6)

    assert counters.over(event_id, "react", {"ada": 1, "ben": 6}, most=5, seconds=30) == {"ada", "ben"}
    assert 0 < redis.ttl(key) <= 30
