"""Which state topics have changed: marks in Redis, claimed by one ticker at a time.

A mark says when its topic is due: at once, or when the interval since its last value is over. Claiming moves it
under a lease, so that a ticker that dies in between loses nothing; changes that come meanwhile mark it anew.
"""

from dataclasses import dataclass

from apps.live import store, versions

DIRTY = store.key("dirty")
CLAIMED = store.key("claimed")
PAUSE = store.key("pause:")
NEWEST = store.key("newest:")
LEASE_MS = 10_000
NEWEST_SECONDS = 6 * 3600

MARK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, #ARGV do
  local wait = redis.call('PTTL', KEYS[2] .. ARGV[i])
  if wait < 0 then wait = 0 end
  redis.call('ZADD', KEYS[1], 'NX', now + wait, ARGV[i])
end
"""
CLAIM = (
    """
local function version()
  """
    + versions.NEXT.replace("KEYS[1]", "KEYS[4]")
    + """
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 50)) do
  redis.call('ZREM', KEYS[2], member)
  redis.call('ZADD', KEYS[1], 'NX', now, member)
end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
if #due == 0 then return {} end
local lease = now + ARGV[2]
for _, member in ipairs(due) do
  redis.call('ZREM', KEYS[1], member)
  redis.call('ZADD', KEYS[2], lease, member)
  redis.call('SET', KEYS[3] .. member, 1, 'PX', math.max(1, tonumber(string.match(member, '^%d+'))))
end
return {version(), lease, due}
"""
)
ANNOUNCE = """
local known = tonumber(redis.call('GET', KEYS[1]) or '0')
if known < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
"""
DONE = """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""
MOST_MARKED = 500
"""In one call of the script, which nothing else in Redis can come between."""
MOST_ASKED = 2000


def member(event_id: int, topic: str, interval_ms: int) -> str:
    return f"{interval_ms}:{event_id}:{topic}"


def newest_key(event_id: int, topic: str) -> str:
    return f"{NEWEST}{event_id}:{topic}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One topic to publish, under a version that was taken before its snapshot is read."""

    event_id: int
    topic: str
    version: int
    member: str
    lease: int


async def mark(members: list[str]) -> None:
    for first in range(0, len(members), MOST_MARKED):
        await store.loop_client().eval(MARK, 2, DIRTY, PAUSE, *members[first : first + MOST_MARKED])


async def claim(most: int) -> list[Claim]:
    found = await store.loop_client().eval(CLAIM, 4, DIRTY, CLAIMED, PAUSE, versions.KEY, most, LEASE_MS)
    if not found:
        return []
    version, lease, members = found
    claims = []
    for one in map(store.text, members):
        _, event_id, topic = one.split(":", 2)
        claims.append(Claim(int(event_id), topic, version, one, lease))
    return claims


async def announce(claim: Claim) -> None:
    """Every process may learn which version is the newest. Before it is published: who begins to listen in between
    then knows that what they hold is older, and reads."""
    key = newest_key(claim.event_id, claim.topic)
    await store.loop_client().eval(ANNOUNCE, 1, key, claim.version, NEWEST_SECONDS)


async def done(claim: Claim) -> None:
    """The value was published: the lease ends."""
    await store.loop_client().eval(DONE, 1, CLAIMED, claim.member, claim.lease)


def newest_of(event_id: int, topic: str) -> int:
    """The newest version that was published, or is about to be; 0 where none is known. Asked in a thread."""
    try:
        return int(store.blocking().get(newest_key(event_id, topic)) or 0)  # type: ignore[arg-type]
    except store.Failed:
        return 0


async def newest(topics: list[tuple[int, str]]) -> list[int]:
    """The newest version of each topic that was published, or is about to be; 0 where none is known."""
    found: list[int] = []
    for first in range(0, len(topics), MOST_ASKED):
        some = [newest_key(*topic) for topic in topics[first : first + MOST_ASKED]]
        found += [int(value or 0) for value in await store.loop_client().mget(some)]
    return found
