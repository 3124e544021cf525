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


# Across processes

TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local width, waits = #ARGV / 2, {}
for call = 0, #KEYS / width - 1 do
  local wait, full = 0, {}
  for b = 1, width do
    local until_ = math.max(now, tonumber(redis.call('GET', KEYS[call * width + b]) or '0'))
    local over = math.ceil(until_ - now - ARGV[2 * b])
    if over > 0 and wait == 0 then wait = b == 1 and over or -over end
    full[b] = until_ + ARGV[2 * b - 1]
  end
  if wait == 0 then
    for b = 1, width do
      redis.call('SET', KEYS[call * width + b], string.format('%.3f', full[b]), 'PX', math.ceil(full[b] - now) + 1)
    end
  end
  waits[call + 1] = wait
end
return waits
"""
"""Takes from one or two buckets a call, from both or from none, in the order of the calls.

A bucket is the time until which it is filled: each call moves that on by the interval between two calls, and may do
so while it is less than a burst ahead of now. It forgets itself when it is empty.
"""


def shared_words(rates: list[Rate]) -> list[float]:
    """The script's arguments: of each bucket the interval between two calls and the burst, in milliseconds."""
    words: list[float] = []
    for rate in rates:
        interval = 1000 / rate.per_second
        words += [interval, interval * (rate.burst - 1)]
    return words
