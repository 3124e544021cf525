"""Token buckets."""

from apps.live.registry import Rate


class Bucket:
    __slots__ = ("at", "tokens")

    def __init__(self, rate: Rate, now: float) -> None:
        self.tokens = float(rate.burst)
        self.at = now

    def take(self, rate: Rate, now: float) -> float:
        """0.0 where it may happen now, else in how many seconds it may."""
        self.tokens = min(rate.burst, self.tokens + (now - self.at) * rate.per_second)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / rate.per_second

    def is_full(self, rate: Rate, now: float) -> bool:
        return self.tokens + (now - self.at) * rate.per_second >= rate.burst
