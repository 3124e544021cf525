"""Both delivery paths, against a real server: what is published arrives, in order, once."""

import asyncio

from tests.live import feature
from tests.live.conftest import hear, open_client, said, thread, valued


def test_log_message_reaches_everybody_in_the_topic(either, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(either, event_id, 1) as ada, open_client(either, event_id, 2) as ben:
            await ada.join({f"room/{room}": None})
            await ben.join({f"room/{room}": None})
            answer = await ada.do("room.say", {"room": room, "text": "Good morning"})
            return answer["seq"], await hear(ada, f"room/{room}", 1), await hear(ben, f"room/{room}", 1)

    number, to_ada, to_ben = asyncio.run(scene())

    assert number == 1
    assert to_ada == to_ben == [(1, "Good morning")]


def test_messages_of_one_burst_arrive_in_order(either, event_id):
    room = event_id * 1000

    def burst():
        for number in range(60):
            feature.say(event_id, room, f"{number}")

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({f"room/{room}": None})
            await thread(burst)
            return await hear(client, f"room/{room}", 60)

    assert asyncio.run(scene()) == [(number + 1, f"{number}") for number in range(60)]


def test_long_message_is_framed_right(either, event_id):
    room = event_id * 1000
    texts = ["x" * size for size in (10, 60, 70, 200, 70_000)]

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({f"room/{room}": None})
            for text in texts:
                await thread(feature.say, event_id, room, text)
            return [text for _, text in await hear(client, f"room/{room}", len(texts))]

    assert asyncio.run(scene()) == texts


def test_state_topic_tells_the_newest_value_and_few_of_those_before(either, event_id):
    tally = event_id * 1000
    topic = f"tally/{tally}"
    values = []

    def votes():
        for _ in range(200):
            feature.vote(event_id, tally)

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({topic: None})
            await client.until(valued(topic, {"votes": 0}))
            await thread(votes)
            while not values or values[-1] != 200:
                message = await client.until(lambda message: message["t"] == "state")
                values.append(message["d"]["votes"])

    asyncio.run(scene())

    assert values == sorted(values)
    assert len(values) < 60


def test_page_that_shows_the_newest_version_is_told_nothing(either, event_id):
    topic = f"tally/{event_id * 1000}"

    async def scene():
        async with open_client(either, event_id, 1) as first, open_client(either, event_id, 2) as second:
            stands_at = (await first.join({topic: None}))[topic]
            await second.join({topic: stands_at})
            await second.say(t="ping")
            return await second.until(lambda message: message["t"] in ("state", "pong"))

    assert asyncio.run(scene())["t"] == "pong"


def test_after_leaving_nothing_more_is_heard(either, event_id):
    room, other = event_id * 1000, event_id * 1000 + 1

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({f"room/{room}": None, f"room/{other}": None})
            await client.leave(f"room/{room}")
            await client.do("room.say", {"room": room, "text": "gone"})
            await client.do("room.say", {"room": other, "text": "here"})
            return await client.until(lambda message: message["t"] == "log")

    assert asyncio.run(scene())["d"] == {"text": "here"}


def test_message_of_another_room_is_not_heard(either, event_id):
    mine, theirs = event_id * 1000, event_id * 1000 + 1

    async def scene():
        async with open_client(either, event_id, 1) as ada, open_client(either, event_id, 2) as ben:
            await ada.join({f"room/{mine}": None})
            await ben.join({f"room/{theirs}": None})
            await ben.do("room.say", {"room": theirs, "text": "elsewhere"})
            await ben.until(said(f"room/{theirs}"))
            await ada.do("room.say", {"room": mine, "text": "mine"})
            return await ada.until(lambda message: message["t"] == "log")

    assert asyncio.run(scene())["d"] == {"text": "mine"}
