"""Token buckets."""

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
