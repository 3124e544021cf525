"""Reading values of state topics: together, one by one where one fails, and not at all where nothing is new."""

import asyncio
import json

import pytest
from django.core.exceptions import ObjectDoesNotExist

from apps.live import dirty, layer, registry, store, versions
from apps.live.channel import StateChannel
from apps.live.conf import Conf
from apps.live.reading import Reading, read_values
from tests.live import feature
from tests.live.conftest import open_client, thread, valued

TALLY = feature.TallyTopic


class Together(TALLY):
    """As a topic of one person is: many are read at once."""

    asked = []

    def snapshots(self, event_id, every):
        self.asked.append([params["tally_id"] for params in every])
        if any(params["tally_id"] == 13 for params in every):
            raise ObjectDoesNotExist
        return [{"votes": params["tally_id"]} for params in every]


@pytest.fixture
def together():
    Together.asked = []
    return Together()


def channel(topic, number, event_id=1):
    name = f"tally/{number}"
    return StateChannel(event_id, registry.Match(name, topic, {"tally_id": number}), topic)


def test_those_of_a_kind_are_read_together(together):
    found = read_values([channel(together, number) for number in (1, 2, 3)])

    assert together.asked == [[1, 2, 3]]
    assert [json.loads(data) for _version, data in found] == [{"votes": number} for number in (1, 2, 3)]


def test_one_that_is_gone_spoils_nobody_elses(together):
    first, gone, last = read_values([channel(together, number) for number in (1, 13, 2)])

    assert isinstance(gone, ObjectDoesNotExist)
    assert [json.loads(data) for _version, data in (first, last)] == [{"votes": 1}, {"votes": 2}]


class Hub:
    """As much of one as reading needs."""

    def __init__(self, known_since=0):
        self.loop = asyncio.get_running_loop()
        self.tasks = self.upkeep = self.executor = self
        self.known_since = known_since
        self.conf = Conf()
        self.read = []

    def spawn(self, work):
        self.task = self.loop.create_task(work)

    async def run(self, work, channels):
        self.read += [one.name for one in channels]
        return [(versions_after, b"{}") for versions_after in range(2**52, 2**52 + len(channels))]


def reading(scene, **words):
    async def outer():
        hub = Hub(**words)
        try:
            await scene(hub, Reading(hub))
        finally:
            await store.close_loop_client()
        return hub.read

    return asyncio.run(outer())


def test_nothing_is_read_where_the_page_holds_the_newest(live, event_id, together):
    known = versions.read()

    async def scene(hub, reader):
        fresh = channel(together, 1, event_id)
        await reader.read(fresh, known)
        assert fresh.frame == b""
        # What somebody claims to know never decides what others are told.
        assert fresh.version < known

    assert reading(scene) == []


def test_it_is_read_where_something_newer_was_published(live, event_id, together):
    known = versions.read()

    async def scene(hub, reader):
        claim = dirty.Claim(event_id, "tally/1", known + 1, "", 0)
        await dirty.announce(claim)
        await reader.read(channel(together, 1, event_id), known)

    assert reading(scene) == ["tally/1"]


@pytest.mark.parametrize("known", [None, 0, 5])
def test_it_is_read_where_redis_cannot_know(live, event_id, together, known):
    async def scene(hub, reader):
        await reader.read(channel(together, 1, event_id), known)

    assert reading(scene) == ["tally/1"]


def test_redis_that_was_emptied_since_is_not_believed(live, event_id, together):
    known = versions.read()

    async def scene(hub, reader):
        await reader.read(channel(together, 1, event_id), known)

    assert reading(scene, known_since=known + 1) == ["tally/1"]


def test_everybodys_own_topics_of_an_event_share_a_group():
    assert layer.group(1, "person/7/chat") == layer.group(1, "person/8/mentions")
    assert layer.group(1, "person/7/chat") != layer.group(2, "person/7/chat")
    assert layer.group(1, "tally/7") != layer.group(1, "tally/8")


def test_who_comes_back_hears_what_changed_and_who_is_new_the_value(server, event_id):
    """The channel is opened by somebody who holds the newest, and then joined by somebody who holds nothing."""
    topic = f"tally/{event_id * 1000}"
    known = versions.read()

    async def scene():
        async with open_client(server, event_id, 1) as back, open_client(server, event_id, 2) as new:
            await back.join({topic: known})
            await new.join({topic: None})
            await new.until(valued(topic, {"votes": 0}))
            await thread(feature.vote, event_id, event_id * 1000)
            await new.until(valued(topic, {"votes": 1}))
            return await back.until(valued(topic, {"votes": 1}))

    assert asyncio.run(scene())["d"] == {"votes": 1}
