"""A hub by itself: who is put out together, what is sent at its end, whom it tells first, what it reads at once."""

import asyncio
from types import SimpleNamespace

import pytest
import redis
from django.db import OperationalError

from apps.live import dirty, here, hub, layer, outbox, ticker
from apps.live.channel import LogChannel
from apps.live.conf import Conf
from apps.live.connection import Connection
from apps.live.here import Here
from apps.live.registry import Match, Who
from apps.live.revocation import EVERYBODY
from apps.live.upkeep import Upkeep
from apps.live.wire import CloseCode
from tests.live import feature


class Ear(Connection):
    """Keeps what it is told, and how it ended."""

    __slots__ = ("closed", "heard")

    def __init__(self, own, user_id, epoch=1):
        super().__init__(own, Who(user_id, 3, "", frozenset({"attendee"}), epoch), str(user_id))
        self.heard, self.closed = [], None

    def write(self, frames):
        self.heard.append(frames)

    @property
    def unsent(self):
        return 0

    async def close(self, code, reason):
        self.closed = (code, reason)

    def abort(self):
        self.closed = (1006, "")


def test_whole_event_that_is_revoked_hears_nothing_more_and_is_told_little_by_little():
    async def scene():
        own = hub.Hub(Conf(drain_seconds=60))
        everybody = [Ear(own, number) for number in range(hub.MOST_REVOKED_AT_ONCE + 200)]
        newer = Ear(own, 9999, epoch=2)
        for one in (*everybody, newer):
            own.welcome(one)
        telling = asyncio.create_task(own.delivery.run())

        own.revoke(3, {EVERYBODY: 2})
        for one in everybody:
            own.tell(one, b"not for them")
        own.tell(newer, b"for them")
        assert own.connections == {newer}
        await asyncio.sleep(0.05)
        early = [one for one in everybody if one.closed]
        own.draining = True
        await own.tasks.settle()
        telling.cancel()

        assert not any(one.heard for one in everybody)
        assert (b"".join(newer.heard)[-8:], newer.closed) == (b"for them", None)
        assert len(early) < 100
        assert {one.closed for one in everybody} == {(CloseCode.TICKET, "revoked")}

    # The last of them waits for the pause that was begun, of a tenth of a second.
    asyncio.run(scene())


def test_who_was_revoked_and_says_something_is_told_at_once(monkeypatch):
    monkeypatch.setattr(hub, "REVOKED_PER_SECOND", 0.1)

    async def scene():
        own = hub.Hub(Conf(drain_seconds=36_000))
        everybody = [Ear(own, number) for number in range(hub.MOST_REVOKED_AT_ONCE + 200)]
        for one in everybody:
            own.welcome(one)
        own.revoke(3, {EVERYBODY: 2})
        for one in everybody:
            own.hearing.hear(one, '{"t":"ping"}')
        await own.tasks.settle()
        return {one.closed for one in everybody}

    assert asyncio.run(asyncio.wait_for(scene(), 10)) == {(CloseCode.TICKET, "revoked")}


def test_goodbye_to_a_few_hundred_does_not_take_the_time_of_a_drain():
    async def scene():
        own = hub.Hub(Conf(drain_seconds=3600))
        everybody = [Ear(own, number) for number in range(hub.MOST_REVOKED_AT_ONCE + 1)]
        for one in everybody:
            own.welcome(one)
        own.revoke(3, {EVERYBODY: 2})
        await own.tasks.settle()
        return {one.closed for one in everybody}

    assert asyncio.run(scene()) == {(CloseCode.TICKET, "revoked")}


def test_few_who_are_revoked_are_told_at_once():
    async def scene():
        own = hub.Hub(Conf(drain_seconds=60))
        person = Ear(own, 7)
        own.welcome(person)
        own.revoke(3, {7: 2})
        await own.tasks.settle()
        return person.closed

    assert asyncio.run(asyncio.wait_for(scene(), 5)) == (CloseCode.TICKET, "revoked")


def test_what_was_published_last_is_sent_before_a_process_ends(live, monkeypatch):
    sent = []

    async def send_log(event_id, topic, items):
        await asyncio.sleep(0.1)
        sent.extend(items)

    monkeypatch.setattr(layer, "send_log", send_log)
    monkeypatch.setattr(outbox, "_outbox", outbox.Outbox())

    async def scene():
        own = hub.Hub(Conf())
        outbox.adopt(own.loop)
        outbox.log(3, "room/1", (1, b"{}"))
        await own._stop_publishing()
        return list(sent)

    assert asyncio.run(scene()) == [(1, b"{}")]


def test_who_was_revoked_during_an_outage_is_read_before_anything_is_told():
    done = []

    def part(name):
        async def do(*_words):
            done.append(name)

        return do

    floors = SimpleNamespace(refresh=part("floors"))
    group = SimpleNamespace(event_id=3, name="room/1", opening=None)
    own = SimpleNamespace(
        subscriptions=SimpleNamespace(renew=part("subscribe")),
        floors=floors,
        here=SimpleNamespace(renew=part("here")),
        joining=SimpleNamespace(refresh=part("read")),
        channels={(3, "room/1"): group},
        connections=(),
        loop=SimpleNamespace(time=lambda: 0.0),
    )

    asyncio.run(Upkeep(own)._mend_everything())

    assert done == ["subscribe", "floors", "here", "subscribe", "read"]


# Leaving a topic ------------------------------------------------------------------------------------------------------


class Replay:
    """A hub with one topic that was left long ago. What a joiner missed is read for as long as the test likes."""

    def __init__(self, rows):
        self.hub = hub.Hub(Conf(linger_seconds=-1))
        self.channel = LogChannel(3, Match("room/1", feature.RoomTopic(), {"room_id": 1}), feature.RoomTopic(), 10, 100)
        self.channel.start(2)
        self.channel.empty_since = 0.0
        self.hub.channels[3, "room/1"] = self.channel
        self.hub.executor = self.hub.subscriptions = self
        self.reading, self.let_go, self.rows = asyncio.Event(), asyncio.Event(), rows

    async def run(self, *_words):
        self.reading.set()
        await self.let_go.wait()
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows

    async def discard(self, _group):
        pass

    async def join(self, ear):
        """With an idle look in between."""
        joining = asyncio.create_task(self.hub.joining._join_one(ear, self.channel.match, 0))
        await self.reading.wait()
        await self.hub.upkeep._leave_idle_topics()
        self.let_go.set()
        return await joining


def test_topic_that_somebody_is_joining_is_not_left():
    async def scene():
        replay = Replay([(1, b"{}"), (2, b"{}")])
        ear = Ear(replay.hub, 7)
        joined = await replay.join(ear)
        return replay.hub.channels.get((3, "room/1")) is joined, ear in joined.listeners

    assert asyncio.run(scene()) == (True, True)


def test_topic_whose_joiner_fails_is_left_after_all():
    async def scene():
        replay = Replay(OperationalError())
        with pytest.raises(OperationalError):
            await replay.join(Ear(replay.hub, 7))
        before = len(replay.hub.channels)
        await replay.hub.upkeep._leave_idle_topics()
        return before, len(replay.hub.channels)

    assert asyncio.run(scene()) == (1, 0)


# Values --------------------------------------------------------------------------------------------------------------


class Work:
    """A hub whose reading of `slow` lasts until the test lets it go."""

    def __init__(self):
        self.conf = Conf(claim_seconds=0.001)
        self.shedding = SimpleNamespace(level=0)
        self.executor = self.tasks = self
        self.let_go = asyncio.Event()
        self.read = []

    def spawn(self, work):
        return asyncio.create_task(work)

    async def run(self, read_value, topic, event_id, match):
        self.read.append(match.name)
        if match.name == "slow":
            await self.let_go.wait()
        return b"{}"


@pytest.fixture
def claims(monkeypatch):
    """What the next claims give; `told` is what was published."""
    waiting, told = [], []

    async def claim(most):
        some, waiting[:] = waiting[:most], waiting[most:]
        return [dirty.Claim(3, name, version, f"300:3:{name}", 1) for name, version in some]

    async def nothing(*_words):
        pass

    async def send_state(event_id, topic, version, data):
        told.append((topic, version))

    monkeypatch.setattr(dirty, "claim", claim)
    monkeypatch.setattr(dirty, "announce", nothing)
    monkeypatch.setattr(dirty, "done", nothing)
    monkeypatch.setattr(layer, "send_state", send_state)
    monkeypatch.setattr(ticker, "resolve", lambda name: Match(name, feature.TallyTopic(), {}))
    return waiting, told


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - it changes in another task
            await asyncio.sleep(0.001)


def test_value_that_takes_long_holds_up_no_other(claims):
    waiting, told = claims

    async def scene():
        work = Work()
        running = asyncio.create_task(ticker.Ticker(work).run())
        waiting.append(("slow", 1))
        await until(lambda: "slow" in work.read)
        waiting.append(("quick", 2))
        await until(lambda: told)
        assert told == [("quick", 2)]
        work.let_go.set()
        await until(lambda: len(told) == 2)
        running.cancel()

    asyncio.run(scene())


def test_value_that_is_still_being_read_is_not_read_twice_at_once(claims):
    waiting, told = claims

    async def scene():
        work = Work()
        running = asyncio.create_task(ticker.Ticker(work).run())
        for version in range(1, 40):
            waiting.append(("slow", version))
        waiting.append(("quick", 40))
        await until(lambda: told)
        read = list(work.read)
        work.let_go.set()
        await until(lambda: len(told) == 3)
        running.cancel()
        return read

    assert asyncio.run(scene()) == ["slow", "quick"]
    # What changed meanwhile is read once more, for the newest claim, and nobody waits for a lease to end.
    assert told == [("quick", 40), ("slow", 1), ("slow", 39)]


# Who is here ---------------------------------------------------------------------------------------------------------


def test_arrival_that_redis_refuses_is_counted_when_it_takes_it_again(monkeypatch):
    counted = []

    async def run(self, changes, mine, script=here.COUNT):
        if not counted:
            counted.append("refused")
            raise redis.OutOfMemoryError("OOM command not allowed")
        counted.extend(change.person for change in changes)
        return []

    async def pay(self):
        pass

    monkeypatch.setattr(Here, "_run", run)
    monkeypatch.setattr(Here, "_pay", pay)

    async def scene():
        own = SimpleNamespace(loop=asyncio.get_running_loop(), conf=Conf())
        place = Here(own)
        place.enter(
            SimpleNamespace(who=Who(7, 3, "", frozenset(), 1), person="7"), Match("room/1", feature.RoomTopic(), {})
        )
        return await place.flush(), await place.flush()

    assert asyncio.run(scene()) == (False, True)
    assert counted == ["refused", "7"]
