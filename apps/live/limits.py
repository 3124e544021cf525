"""Token buckets."""

from apps.live.registry import Rate

TELL_SECONDS = 1.0


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


class Flood:
    """What one sender had refused. Frames that are let through in between change nothing: a flood is one, however many
    of it get through."""

    __slots__ = ("_bucket", "_told_at")

    def __init__(self, rate: Rate, now: float) -> None:
        self._bucket = Bucket(rate, now)
        self._told_at = float("-inf")

    def is_over(self, rate: Rate, now: float) -> bool:
        """Counts one more; whether it is enough now."""
        return self._bucket.take(rate, now) > 0

    def is_to_be_told(self, now: float) -> bool:
        """Once in TELL_SECONDS: answers to a flood would be one themselves."""
        if now - self._told_at < TELL_SECONDS:
            return False
        self._told_at = now
        return True


# Across processes

NO_KEY = ""
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local width, waits, answers = #ARGV / 2, {}, {}
for call = 1, #KEYS / (width + 1) do
  local first = (call - 1) * (width + 1) + 1
  local wait, full = 0, {}
  local answer = KEYS[first] ~= '' and redis.call('GET', KEYS[first])
  if not answer and KEYS[first + 1] ~= '' then
    for b = 1, width do
      local until_ = math.max(now, tonumber(redis.call('GET', KEYS[first + b]) or '0'))
      local over = math.ceil(until_ - now - ARGV[2 * b])
      if over > 0 and wait == 0 then wait = b == 1 and over or -over end
      full[b] = until_ + ARGV[2 * b - 1]
    end
    if wait == 0 then
      for b = 1, width do
        redis.call('SET', KEYS[first + b], string.format('%.3f', full[b]), 'PX', math.ceil(full[b] - now) + 1)
      end
    end
  end
  waits[call], answers[call] = wait, answer
end
return {waits, answers}
"""
"""Takes from one or two buckets a call, from both or from none, in the order of the calls. Before its buckets each
call names where its answer is kept (or NO_KEY): what was answered takes nothing, and is given back. Nor does a call
whose buckets are NO_KEY.

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
