"""The second door to topics: small JSON over HTTP, for those who cannot have a socket.

`GET /e/<event>/feed/<audience token>/<topic>/<page>`. The address says who may read it, so everybody of one
audience shares the answer, and a CDN gives almost all of them. A log is cut into pages of 50 numbers; `head` is the
last, unfinished one. A full page changes only when a later entry takes back or alters what stands on it. So its address
carries a revision, which `head` tells: after such an entry readers ask for other addresses, the old ones are answered
by nobody but caches, and by those for ten minutes at most. A state topic has the one page `state`.

What one person may read and their audience as such may not (their own topic, results for those who have answered) is
at `/e/<event>/feed/mine/<topic>/<page>`, with a ticket, and never cached.
"""

import asyncio
import hashlib
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from apps.core.errors import Refused
from apps.live import current, dirty, refusals, revocation, tickets, versions, wire
from apps.live.asking import ticket_of
from apps.live.away import AWAY
from apps.live.consumer import place_of
from apps.live.guards import ask_guard
from apps.live.limits import Bucket
from apps.live.registry import LogTopic, Match, Rate, Shed, StateTopic, Who, registry, resolve

logger = logging.getLogger(__name__)

ADDRESS = re.compile(
    r"/e/[-\w]+/feed/(?P<token>[-\w.]+)/(?P<topic>[-\w/]+)/"
    r"(?P<page>head|state|(?:0|[1-9]\d{0,9})(?:\.(?:0|[1-9]\d{0,17}))?)"
)
PER_PAGE = 50
FRESH_SECONDS = 1.0
MOST_CACHED = 2000
MOST_BUCKETS = 20_000
MOST_WAITING = 500
"""Readings that wait for their turn: who comes then is told to come back."""
FRESH = b"public, max-age=1, stale-while-revalidate=2"
RESTING_SECONDS = 5.0
RESTING = b"public, max-age=5, stale-while-revalidate=10"
RESTING_POLL_SECONDS = b"15"
MINE = "mine"
MINE_RATE = Rate(per_second=2, burst=40)
MISS_RATE = Rate(per_second=200, burst=1000)
"""What one address may have read anew. Thousands behind it, or behind one edge of a CDN, who are at one event ask for
the same pages, each of which is read once a second."""
RETRY_AFTER = b"5"
FULL = b"public, max-age=600, immutable"
NEVER = b"no-store"

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    etag: bytes
    cache: bytes = FRESH
    status: int = 200
    version: int = 0
    """Of a state topic, with what was published before: so it is known again."""
    value: bytes = b""


@dataclass(slots=True)
class Kept:
    until: float
    page: "asyncio.Task[Page]"
    last: Page | None = None


class Feed:
    """Answers from memory for a second, whoever asks: a thousand pollers cost one look into the database."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], Kept] = OrderedDict()
        self._buckets: OrderedDict[tuple[int, int] | str, Bucket] = OrderedDict()
        self._waiting = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        found = ADDRESS.fullmatch(scope["path"])
        if found is None or scope["method"] not in ("GET", "HEAD"):
            status = 404 if found is None else 405
            page = Page(b"", b"", NEVER, status)
        elif found["token"] == MINE:
            page = await self._mine(scope, found["topic"], found["page"])
        else:
            page = await self._page(scope, found["token"], found["topic"], found["page"])
        await answer(scope, send, page)

    async def _mine(self, scope: dict[str, Any], topic: str, name: str) -> Page:
        hub = await current.hub()
        try:
            who = (await hub.floors.admit(ticket_of(scope))).who
        except tickets.StaleError:
            return refused(401, b"ticket.stale")
        except AWAY:
            return refused(503, b"unavailable")
        if who.user_id is None:
            return refused(403, b"access.refused")
        if not self._take((who.event_id, who.user_id), MINE_RATE):
            return refused(429, b"rate.limited")
        page = await self._read(who, topic, name, None)
        return replace(page, cache=NEVER)

    def _take(self, whose: tuple[int, int] | str, rate: Rate) -> bool:
        now = asyncio.get_running_loop().time()
        bucket = self._buckets.pop(whose, None) or Bucket(rate, now)
        self._buckets[whose] = bucket
        while len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return not bucket.take(rate, now)

    async def _page(self, scope: dict[str, Any], token: str, topic: str, name: str) -> Page:
        key = (token, topic, name)
        now = asyncio.get_running_loop().time()
        kept = self._kept.get(key)
        if kept is None or kept.until <= now:
            if not self._take(place_of(scope), MISS_RATE):
                return refused(429, b"rate.limited")
            last = kept.last if kept is not None else None
            work = asyncio.get_running_loop().create_task(self._look(token, topic, name, last))
            kept = self._kept[key] = Kept(now + (RESTING_SECONDS if resting() else FRESH_SECONDS), work, last)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_CACHED:
                self._kept.popitem(last=False)
        page = await asyncio.shield(kept.page)
        if page.status == 200:
            kept.last = page
        return page

    async def _look(self, token: str, topic: str, name: str, last: Page | None) -> Page:
        try:
            who = tickets.read_audience(token)
            if who.epoch < await newest_epoch(who.event_id):
                raise tickets.StaleError
        except tickets.StaleError:
            # The page fetches a new ticket, and with it the audience's new address.
            return refused(410, b"audience.stale")
        except AWAY:
            return refused(503, b"unavailable")
        return await self._read(who, topic, name, last)

    async def _read(self, who: Who, topic: str, name: str, last: Page | None) -> Page:
        """In their turn: whatever is asked here, commands and those who join find a thread."""
        if self._waiting >= MOST_WAITING:
            return refused(503, b"unavailable")
        hub = await current.hub()
        self._waiting += 1
        try:
            async with hub.feed_turns:
                return await read(who, topic, name, last)
        finally:
            self._waiting -= 1


async def newest_epoch(event_id: int) -> int:
    """From Redis; from the database where Redis has forgotten it, so that no old address opens again."""
    known = await revocation.epoch(event_id)
    if known is None and registry.read_epoch is not None:
        hub = await current.hub()
        known = await hub.executor.run(registry.read_epoch, event_id)
        await revocation.learn_epoch(event_id, known)
    return known or 0


def resting() -> bool:
    hub = current.running()
    return hub is not None and hub.shedding.rests(Shed.FEED)


async def read(who: Who, topic: str, name: str, last: Page | None) -> Page:
    try:
        match = resolve(topic)
        if match is None or (who.user_id is None and not match.topic.feed):
            raise refusals.topic_unknown()
        if not who.may(match.topic.access) or (tickets.APART in who.roles and match.topic.excepted is not None):
            raise refusals.access_refused()
        hub = await current.hub()
        return await hub.executor.run(read_page, who, match, name, last)
    except Refused as refusal:
        return refused(refusal.status, refusal.code.encode())
    except AWAY:
        return refused(503, b"unavailable")
    except Exception:
        logger.exception("The feed of %s could not be read.", topic)
        return refused(500, b"internal")


def refused(status: int, code: bytes) -> Page:
    return Page(b'{"code":"%b"}' % code, b"", NEVER, status)


async def answer(scope: dict[str, Any], send: Send, page: Page) -> None:
    status, body = page.status, page.body
    cache = RESTING if page.cache == FRESH and resting() else page.cache
    headers = [(b"cache-control", cache), (b"x-content-type-options", b"nosniff")]
    if resting() and cache != FULL:
        # Not with what is kept for long: the wish ends with the rest.
        headers.append((b"plenary-poll", RESTING_POLL_SECONDS))
    if status in (429, 503):
        headers.append((b"retry-after", RETRY_AFTER))
    if page.etag:
        headers.append((b"etag", page.etag))
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        if page.etag.removeprefix(b"W/") in [one.strip().removeprefix(b"W/") for one in asked.split(b",")]:
            status, body = 304, b""
    if status != 304:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


# In a thread


def read_page(who: Who, match: Match, name: str, last: Page | None) -> Page:
    refusal = ask_guard(who, match)
    if refusal is not None:
        raise refusal
    topic = match.topic
    if isinstance(topic, StateTopic) and name == "state":
        return read_state(who.event_id, match, topic, last)
    if isinstance(topic, LogTopic) and name != "state":
        return read_log(who.event_id, match, topic, name)
    raise refusals.topic_unknown()


def read_state(event_id: int, match: Match, topic: StateTopic, last: Page | None) -> Page:
    published = dirty.newest_of(event_id, match.name)
    version = versions.read()
    data = wire.encode(topic.snapshot(event_id, **match.params))
    # What changed and changed back is another value, or pages would keep what was in between.
    value = tag(b"%d %b" % (published, data))
    if last is not None and last.value == value:
        return last
    body = b'{"topic":"%b","version":%d,"d":%b}' % (match.name.encode(), version, data)
    # The version is this process' own; what is the same in all of them says whether a reader holds the value already.
    return Page(body, b"W/" + value, version=version, value=value)


def read_log(event_id: int, match: Match, topic: LogTopic, name: str) -> Page:
    """Page n holds the seqs n * 50 + 1 … n * 50 + 50; `head` is the page that the newest is on."""
    head = topic.head(event_id, **match.params)
    revision = topic.revision(event_id, **match.params)
    wanted, _, asked = name.partition(".")
    if asked and int(asked) != revision:
        raise refusals.page_changed()
    number = max(0, head - 1) // PER_PAGE if wanted == "head" else int(wanted)
    after = number * PER_PAGE
    if after > head:
        raise refusals.topic_unknown()
    rows = [
        (seq, payload)
        for seq, payload in topic.replay(event_id, after=after, limit=PER_PAGE, **match.params)
        if seq <= after + PER_PAGE
    ]
    words = {"topic": match.name, "head": head, "revision": revision, "page": number, "items": rows}
    full = bool(asked) and head >= after + PER_PAGE
    if full:
        # The same for as long as its address is good: the head moves on.
        del words["head"]
    body = wire.encode(words)
    return Page(body, tag(body), FULL if full else FRESH)


def tag(data: bytes) -> bytes:
    return b'"%b"' % hashlib.blake2b(data, digest_size=12, key=settings.SECRET_KEY[:32].encode()).hexdigest().encode()
