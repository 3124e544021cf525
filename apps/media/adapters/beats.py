"""Where beats of watching wait for the database: in Redis, a few dozen bytes a person.

A hundred people of one film share one hash, which Redis keeps packed; a beat is one step of a script that nothing can
come between. What waits here may be lost with Redis: then some minutes of watching are not counted.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from apps.live import store

logger = logging.getLogger(__name__)

Failed = store.Failed
TOGETHER = 100
"""People in one hash: below Redis' limit for packing them (`hash-max-listpack-entries`)."""
FIRST_SECONDS = 35
"""What a first beat may claim: nothing is known of when its person began. A beat comes every thirty seconds."""
MOST_SECONDS = 15 * 60
"""What one beat may claim, of somebody whose line was away."""
FASTEST = 2
"""How many times as fast as the clock a film may be played."""
KEEP_SECONDS = 6 * 60 * 60
WAITING = store.key("watched:waiting")

# An entry is "at seconds furthest place changed". Spans are cut to the time that has passed since the beat before.
NOTE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local first, longest, fastest, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
for n = 1, #ARGV - 4 do
  local beat = cjson.decode(ARGV[n + 4])
  local bucket, minutes = KEYS[2 * n], KEYS[2 * n + 1]
  local at, seconds, furthest = now - first, 0, 0
  local known = redis.call('HGET', bucket, beat.who)
  if known then
    local a, s, f = string.match(known, '^(%S+) (%S+) (%S+)')
    at, seconds, furthest = tonumber(a), tonumber(s), tonumber(f)
  end
  local passed = math.max(0, math.min(now - at, longest))
  local left, shown = passed * fastest, 0
  for _, span in ipairs(beat.spans) do
    local from, to = span[1], math.min(span[2], span[1] + left - shown)
    if to > from then
      shown = shown + to - from
      furthest = math.max(furthest, to)
      for minute = math.floor(from / 60), math.ceil(to / 60) - 1 do
        local part = math.min(to, minute * 60 + 60) - math.max(from, minute * 60)
        redis.call('HINCRBY', minutes, minute, math.floor(part * 10 + 0.5))
      end
    end
  end
  seconds = seconds + math.min(shown, passed)
  redis.call('HSET', bucket, beat.who, string.format('%.1f %.1f %.1f %.1f 1', now, seconds, furthest, beat.place))
  redis.call('EXPIRE', bucket, keep)
  redis.call('ZADD', KEYS[1], 'NX', now, beat.bucket)
  if shown > 0 then redis.call('ZADD', KEYS[1], 'NX', now, beat.minutes) end
end
"""

# Takes what waits, so that nobody takes it again; when somebody's last beat was is kept for the next one.
TAKE = """
local found = {}
for n = 1, #KEYS do
  local entries, told = redis.call('HGETALL', KEYS[n]), {}
  for at = 1, #entries, 2 do
    local moment, seconds, furthest, place, changed = string.match(entries[at + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+)')
    if changed == '1' then
      table.insert(told, {entries[at], moment, seconds, furthest, place})
      redis.call('HSET', KEYS[n], entries[at], moment .. ' 0 ' .. furthest .. ' ' .. place .. ' 0')
    end
  end
  found[n] = told
end
return found
"""

TAKE_MINUTES = """
local found = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return found
"""


# What could not be written down; whoever has said something since is there, at the moment and place of then.
GIVE_BACK = """
for n = 2, #KEYS do
  local one = cjson.decode(ARGV[n])
  if one.minute then
    redis.call('HINCRBY', KEYS[n], one.minute, one.tenths)
  else
    local at, seconds, furthest, place = one.at, one.seconds, one.furthest, one.place
    local known = redis.call('HGET', KEYS[n], one.who)
    if known then
      local a, s, f, p = string.match(known, '^(%S+) (%S+) (%S+) (%S+)')
      at, seconds, furthest, place = tonumber(a), seconds + tonumber(s), math.max(furthest, tonumber(f)), tonumber(p)
    end
    redis.call('HSET', KEYS[n], one.who, string.format('%.1f %.1f %.1f %.1f 1', at, seconds, furthest, place))
    redis.call('EXPIRE', KEYS[n], ARGV[1])
  end
  redis.call('ZADD', KEYS[1], 'NX', one.at, one.name)
end
"""


@dataclass(frozen=True, slots=True)
class Beat:
    """What somebody's player tells: the stretches of the film that were shown since its last beat, in seconds."""

    asset_id: int
    user_id: int
    spans: tuple[tuple[float, float], ...]
    place: float


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has watched since it was last taken."""

    asset_id: int
    user_id: int
    seconds: float
    furthest: float
    place: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    people: list[Told]
    minutes: dict[tuple[int, int], float]
    """By film and minute: for how many seconds it was shown."""


def note(beats: Sequence[Beat]) -> bool:
    """All of these in one round trip. False while Redis is away."""
    if not beats:
        return True
    keys, said = [WAITING], []
    for beat in beats:
        bucket, minutes = f"{beat.asset_id}/{beat.user_id // TOGETHER}", f"{beat.asset_id}"
        keys += [_key(bucket), _key(minutes)]
        told: dict[str, Any] = {"who": str(beat.user_id % TOGETHER), "spans": beat.spans, "place": beat.place}
        said.append(json.dumps(told | {"bucket": bucket, "minutes": minutes}))
    bounds = [FIRST_SECONDS, MOST_SECONDS, FASTEST, KEEP_SECONDS]
    try:
        store.blocking().eval(NOTE, len(keys), *keys, *map(str, bounds), *said)
    except store.Failed:
        logger.warning("Redis cannot be reached; what is watched is not counted until it can.")
        return False
    return True


def take(most: int) -> Taken:
    """What has waited longest, of `most` hashes; from now on it is the caller's alone. Raises `Failed`."""
    redis = store.blocking()
    popped = cast("list[tuple[bytes, float]]", redis.zpopmin(WAITING, most))
    names = [store.text(name) for name, _since in popped]
    buckets = [name for name in names if "/" in name]
    people: list[Told] = []
    if buckets:
        answers = cast("list[list[list[bytes]]]", redis.eval(TAKE, len(buckets), *map(_key, buckets)))
        for bucket, entries in zip(buckets, answers, strict=True):
            people += [_told(bucket, [store.text(part) for part in entry]) for entry in entries]
    minutes: dict[tuple[int, int], float] = {}
    for asset in (name for name in names if "/" not in name):
        flat = cast("list[bytes]", redis.eval(TAKE_MINUTES, 1, _key(asset)))
        for minute, tenths in zip(flat[::2], flat[1::2], strict=True):
            minutes[int(asset), int(minute)] = int(tenths) / 10
    return Taken(people, minutes)


def give_back(taken: Taken) -> None:
    """What was taken and could not be written waits again, longest of all. Raises `Failed`."""
    keys, said = [WAITING], [str(KEEP_SECONDS)]
    for one in taken.people:
        bucket = f"{one.asset_id}/{one.user_id // TOGETHER}"
        told: dict[str, Any] = {"who": str(one.user_id % TOGETHER), "name": bucket, "at": one.at.timestamp()}
        told |= {"seconds": one.seconds, "furthest": one.furthest, "place": one.place}
        keys.append(_key(bucket))
        said.append(json.dumps(told))
    for (asset, minute), seconds in taken.minutes.items():
        keys.append(_key(f"{asset}"))
        told = {"minute": str(minute), "tenths": round(seconds * 10), "name": f"{asset}", "at": 0}
        said.append(json.dumps(told))
    store.blocking().eval(GIVE_BACK, len(keys), *keys, *said)


def _told(bucket: str, entry: list[str]) -> Told:
    asset, _, group = bucket.partition("/")
    who, at, seconds, furthest, place = entry
    moment = datetime.fromtimestamp(float(at), UTC)
    user_id = int(group) * TOGETHER + int(who)
    return Told(int(asset), user_id, float(seconds), float(furthest), float(place), moment)


def _key(name: str) -> str:
    return store.key(f"watched:{name}")
