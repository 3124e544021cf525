"""The growing versions of state topics.

A version is taken *before* its snapshot is read. Everything that was committed before version v was taken is in
the value called v; everything later is marked dirty after it, hence claimed after it, hence published under a
greater version. So "keep the value with the greatest version" is right in whatever order values arrive, and a
page that carries the version it took before rendering may ignore every broadcast that is not greater.

That needs versions to be strictly growing over all processes. Each is one more than the last, or the
microseconds of Redis' clock where that is greater: the counter guards against a clock that goes back, the clock
against a Redis that lost the counter. They stay below 2**53 (exact in JavaScript) until the year 2255.
"""

import logging

from apps.core import router
from apps.live import store

logger = logging.getLogger(__name__)

KEY = store.key("version")
NEXT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
if now <= last then now = last + 1 end
redis.call('SET', KEYS[1], string.format('%.0f', now))
return now
"""


def read() -> int:
    """A version for what is read next; pages render it as `data-version`. Call it before the snapshot's queries.

    0 where Redis cannot be reached: older than everything, so the page takes the first value that comes.
    """
    router.use_primary()  # a replica may not have yet what was published under an earlier version
    try:
        return int(store.blocking().eval(NEXT, 1, KEY))
    except store.Failed:
        logger.warning("Redis cannot be reached; pages carry version 0 until it can.")
        return 0
