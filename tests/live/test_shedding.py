"""The shedding ladder: what rests while a process cannot keep up, in which order, and that nothing else does."""

import asyncio
import json
import time
from dataclasses import asdict
from urllib.request import urlopen

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.core.access import Access
from apps.live import registry, sampling, shedding, store
from apps.live.client import CommandError
from apps.live.conf import Conf
from apps.live.here import PROCESSES
from apps.live.registry import LogTopic, Shed
from apps.live.shedding import Ladder
from tests.factories.accounts import UserFactory
from tests.live import feature
from tests.live.conftest import open_client, said, thread, until, until_async, valued

SOON = {"shed_lag_seconds": 0.15}
"""The others are not to shed because the machine is busy."""


def climb(lags, **numbers):
    """Where the ladder stands after each of these lags, half a second apart."""
    ladder = Ladder(Conf(shed_lag_seconds=0.4, shed_after_seconds=1.0, calm_after_seconds=2.0, **numbers))
    return [ladder.judge(lag, now=number / 2) for number, lag in enumerate(lags)]


def test_ladder_is_the_one_that_the_design_says():
    assert [step.name for step in Shed] == ["REACTIONS", "PRESENCE", "SAMPLING", "FEED"]


def test_single_hiccup_changes_nothing():
    assert climb([0.0, 3.0, 0.0, 3.0, 0.0]) == [0, 0, 0, 0, 0]


def test_lag_that_stays_takes_one_step_after_the_other_and_no_more():
    assert climb([0.5] * 12) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4]


def test_steps_are_taken_back_more_slowly():
    assert climb([0.5] * 5 + [0.0] * 10) == [0, 0, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0]


def test_between_good_and_bad_nothing_moves():
    assert climb([0.5] * 3 + [0.2] * 20) == [0, 0, 1] + [1] * 20


def test_log_cannot_be_declared_to_rest(live):
    class Loud(LogTopic):
        pattern = "loud"
        access = Access.ATTENDEE
        shed = Shed.REACTIONS

    with pytest.raises(ImproperlyConfigured, match="none may be shed"), registry.also(Loud):
        pass


def test_process_that_cannot_keep_up_rests_from_reactions_and_from_nothing_else(serve, event_id, redis):
    server = serve(**SOON)
    thing = event_id * 1000

    async def scene():
        async with open_client(server, event_id, roles=("moderator",)) as client:
            await client.join({f"mood/{thing}": None, f"tally/{thing}": None, f"room/{thing}": None})
            await client.do("mood.cheer", {"mood": thing})
            await client.until(mood(1))
            await client.do("room.freeze", {"seconds": 4.0})
            await until_async(lambda: level(server) >= 1)

            with pytest.raises(CommandError) as refused:
                await client.do("mood.cheer", {"mood": thing})
            await thread(feature.cheer, event_id, thing)  # by another process, which is well
            await thread(feature.vote, event_id, thing, 3)
            answer = await client.do("room.say", {"room": thing, "text": "still here"})
            heard = [await client.until(lambda message: message["t"] in ("state", "log")) for _ in range(2)]

            await until_async(lambda: level(server) == 0)
            await client.until(mood(2))
            return refused.value, answer, heard

    def mood(cheers):
        return valued(f"mood/{thing}", {"cheers": cheers})

    refused, answer, heard = asyncio.run(scene())

    assert (refused.code, refused.words["retry_after"]) == ("busy.resting", 10)
    assert answer["seq"] == 1
    assert {message["topic"] for message in heard} == {f"tally/{thing}", f"room/{thing}"}


def level(server):
    with urlopen(f"{server.http}/readyz", timeout=60) as response:
        return json.loads(response.read())["level"]


def test_later_steps_concern_counts_of_people_then_busy_rooms_everywhere_and_the_feed(serve, event_id, redis):
    server = serve(**SOON | {"shed_after_seconds": 0.1})
    thing = event_id * 1000

    async def scene():
        async with open_client(server, event_id, roles=("moderator",)) as client:
            await client.join({f"crowd/{thing}": None, f"tally/{thing}": None})
            await client.until(valued(f"crowd/{thing}", {}))
            await client.do("room.freeze", {"seconds": 6.0})
            await until_async(lambda: level(server) == 4)
            report = reported_by(server)
            await thread(feature.gather, event_id, thing)
            await thread(feature.vote, event_id, thing, 3)
            heard = await client.until(lambda message: message["t"] == "state" and message["d"] != {"votes": 0})
            chosen = await thread(
                sampling.choose, event_id, "room/1", [sampling.Candidate(number) for number in range(40)], rate=8
            )
            await client.until(valued(f"crowd/{thing}", {"cheers": 1}))
            return report, heard["topic"], sum(chosen)

    report, told, shown = asyncio.run(scene())

    assert report.resting == ["reactions", "presence", "sampling", "feed"]
    assert report.loop_lag_ms >= 150
    assert told == f"tally/{thing}"
    assert shown == 4
    until(lambda: not redis.exists(sampling.SPARING))


def test_process_that_is_well_says_so(server, event_id):
    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{event_id * 1000}": None})
            await until_async(lambda: (mine := reported_by(server)) is not None and mine.sockets >= 1)

    asyncio.run(scene())
    assert reported_by(server).resting == []
    assert (reported_by(server).level, reported_by(server).draining) == (0, False)


def reported_by(server):
    return next((report for report in shedding.reports() if report.pid == server.process.pid), None)


def test_message_in_a_quiet_room_is_heard_at_the_highest_step(serve, event_id):
    server = serve(**SOON | {"shed_after_seconds": 0.1})
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, roles=("moderator",)) as client:
            await client.do("room.freeze", {"seconds": 3.0})
            await until_async(lambda: level(server) == 4)
            async with open_client(server, event_id, 8) as newcomer:
                await newcomer.join({topic: None})
                await thread(feature.say, event_id, event_id * 1000, "heard")
                return await newcomer.until(said(topic))

    assert asyncio.run(scene())["d"]["text"] == "heard"


# The page of it


@pytest.fixture
def reported(redis):
    """Two processes, as they tell of themselves; alive for as long as the test takes, or real ones count them out."""
    for name, level in (("one", 0), ("two", 2)):
        words = shedding.Report(name, f"host-{name}", 12, 0.0, 30, 4, 5, 480, level, [], draining=level > 0)
        redis.zadd(PROCESSES, {name: time.time() + 60})
        redis.set(shedding.report_key(name), json.dumps(asdict(words)), ex=60)
    yield
    redis.zrem(PROCESSES, "one", "two")


@pytest.mark.django_db
def test_superuser_sees_how_every_process_is(client, reported):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    page = client.get("/live/processes/").content.decode()

    assert "host-one 12" in page
    assert "480 ms" in page
    assert "reactions, counts of people · is leaving" in page


@pytest.mark.django_db
@pytest.mark.parametrize("words", [{}, {"is_staff": True}])
def test_nobody_else_does(client, reported, words):
    client.force_login(UserFactory(**words))

    assert client.get("/live/processes/").status_code == 404


@pytest.mark.django_db
def test_page_says_when_nothing_can_be_known(client, monkeypatch):
    class Away:
        def zrange(self, *words):
            raise store.Failed

    client.force_login(UserFactory(is_superuser=True))
    monkeypatch.setattr(store, "blocking", Away)

    answer = client.get("/live/processes/")

    assert answer.status_code == 503
    assert "Redis cannot be reached" in answer.content.decode()
