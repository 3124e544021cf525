"""The display rate of a busy room: which messages everybody is shown, decided once, when they are written.

A feature says how many messages a second its readers can take, and asks here before it numbers what was written.
What is not shown is stored like everything else, and never gets a `seq`, so that the log stays gapless.

The decision is one script in Redis, so that all processes share one budget. It is fair: while more is written than
can be shown, each message has the same chance (the budget over what was written in a second, wherever it was written
and with whomever it arrived), and who was shown a moment ago lets those go first who wrote at the same time. No place
stays empty for that: what the others leave is theirs, and so is what came free while little was written. Whoever must
be heard, such as staff, always is, at the others' expense.
"""

import logging
import random
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from apps.core import clock
from apps.live import store
from apps.live.limits import Bucket
from apps.live.registry import Rate

logger = logging.getLogger(__name__)

SPARING = store.key("sparing")
"""Exists while a process somewhere cannot keep up: then half as much is shown. See `shedding.py`."""
YIELD_SECONDS = 4
KEEP_SECONDS = 60
MOST_LOCAL = 1000

CHOOSE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local second = math.floor(now)
local rate, luck, count = tonumber(ARGV[1]), tonumber(ARGV[2]), (#ARGV - 4) / 2
if redis.call('EXISTS', KEYS[3]) == 1 then rate = math.max(1, rate / 2) end
local known = redis.call('HMGET', KEYS[1], 'second', 'written', 'before', 'places', 'at')
local written, before = tonumber(known[2]) or 0, tonumber(known[3]) or 0
local since = second - (tonumber(known[1]) or 0)
if since == 1 then before, written = written, 0 elseif since ~= 0 then before, written = 0, 0 end
written = written + count
local places = math.min(rate, (tonumber(known[4]) or rate) + (now - (tonumber(known[5]) or now)) * rate)

local shown, late, others = {}, {}, 0
for i = 1, count do
  shown[i] = tonumber(ARGV[4 + 2 * i])
  if shown[i] == 1 then places = places - 1 else others = others + 1 end
end
local chance = math.min(1, rate / math.max(before, written))
local quota = math.floor(math.min(math.max(chance * others + luck, places - rate / 2), places + 0.000001))
local function show(i)
  shown[i] = 1
  quota, places = quota - 1, places - 1
  redis.call('ZADD', KEYS[2], now, ARGV[3 + 2 * i])
end
for i = 1, count do
  if quota < 1 then break end
  if shown[i] == 0 then
    local last = chance < 1 and tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3 + 2 * i]) or '0') or 0
    if now - last < tonumber(ARGV[3]) then late[#late + 1] = {last, i} else show(i) end
  end
end
table.sort(late, function(one, other) return one[1] < other[1] end)
for _, one in ipairs(late) do
  if quota < 1 then break end
  show(one[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[1], 'second', second, 'written', written, 'before', before,
           'places', string.format('%.6f', math.max(-rate, places)), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], ARGV[4])
return shown
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that may be shown: who wrote it, and whether they are always shown."""

    person: int | str
    always: bool = False


def choose(event_id: int, topic: str, candidates: Sequence[Candidate], *, rate: int) -> list[bool]:
    """Which of these, written together, everybody is shown; `rate` is in messages a second.

    Call it once for each message, in the transaction that writes it, before `seq.next_seqs`. A transaction that
    rolls back has used up its places: that second shows a few less.
    """
    if not candidates:
        return []
    if rate <= 0:
        return [candidate.always for candidate in candidates]
    order = random.sample(range(len(candidates)), len(candidates))
    words: list[str | int | float] = []
    for place in order:
        words += [str(candidates[place].person), int(candidates[place].always)]
    keys = (store.key(f"shown:{event_id}:{topic}"), store.key(f"shown:{event_id}:{topic}:people"), SPARING)
    luck = random.random()  # noqa: S311 - a draw of lots, not a secret
    try:
        answers = store.blocking().eval(CHOOSE, len(keys), *keys, rate, luck, YIELD_SECONDS, KEEP_SECONDS, *words)
    except store.Failed:
        logger.warning("Redis cannot be reached; each process shows what it alone thinks right.")
        return _alone(event_id, topic, candidates, order, rate)
    shown = [False] * len(candidates)
    for place, answer in zip(order, cast("list[int]", answers), strict=True):
        shown[place] = bool(answer)
    return shown


# Without Redis

_buckets: "OrderedDict[tuple[int, str], Bucket]" = OrderedDict()
_turns = threading.Lock()


def _alone(
    event_id: int, topic: str, candidates: Sequence[Candidate], order: Sequence[int], per_second: int
) -> list[bool]:
    rate = Rate(per_second=per_second, burst=per_second)
    now = clock.now().timestamp()
    shown = [candidate.always for candidate in candidates]
    with _turns:
        bucket = _buckets.setdefault((event_id, topic), Bucket(rate, now))
        _buckets.move_to_end((event_id, topic))
        while len(_buckets) > MOST_LOCAL:
            _buckets.popitem(last=False)
        for place in order:
            shown[place] = shown[place] or not bucket.take(rate, now)
    return shown
