"""Logs: gapless for everybody who stays or comes back, whatever was not heard."""

import asyncio

from tests.live import feature
from tests.live.conftest import hear, open_client, said, thread


def test_who_comes_back_gets_what_was_missed(either, event_id):
    room = event_id * 1000
    topic = f"room/{room}"

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({topic: None})
            await thread(feature.say, event_id, room, "one")
            await hear(client, topic, 1)
        for text in ("two", "three"):
            await thread(feature.say, event_id, room, text)
        async with open_client(either, event_id) as client:
            await client.join({topic: 1})
            await thread(feature.say, event_id, room, "four")
            return await hear(client, topic, 3)

    assert asyncio.run(scene()) == [(2, "two"), (3, "three"), (4, "four")]


def test_what_was_said_before_the_process_listened_comes_from_the_database(server, event_id):
    room = event_id * 1000

    async def scene():
        for number in range(5):
            await thread(feature.say, event_id, room, f"{number}")
        async with open_client(server, event_id) as client:
            stands = await client.join({f"room/{room}": 2})
            return stands, await hear(client, f"room/{room}", 3)

    stands, heard = asyncio.run(scene())

    assert stands == {f"room/{room}": 5}
    assert heard == [(3, "2"), (4, "3"), (5, "4")]


def test_message_that_was_never_published_is_fetched_when_the_next_one_shows_the_gap(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None})
            await thread(feature.say_unheard, event_id, room, "lost")
            await thread(feature.say, event_id, room, "heard")
            return await hear(client, f"room/{room}", 2)

    assert asyncio.run(scene()) == [(1, "lost"), (2, "heard")]


def test_last_message_that_was_never_published_is_found_by_the_sweep(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None})
            await thread(feature.say_unheard, event_id, room, "lost")
            return await hear(client, f"room/{room}", 1)

    assert asyncio.run(scene()) == [(1, "lost")]


def test_deleted_message_leaves_no_gap_to_wait_for(server, event_id):
    room = event_id * 1000

    def say_and_delete():
        feature.say_unheard(event_id, room, "gone")
        feature.query("DELETE FROM live_test_message WHERE event_id = %s", event_id)

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None})
            await thread(say_and_delete)
            await thread(feature.say, event_id, room, "stays")
            return await hear(client, f"room/{room}", 1)

    assert asyncio.run(scene()) == [(2, "stays")]


def test_who_missed_too_much_is_told_to_load_anew(server, event_id):
    room = event_id * 1000

    def much():
        for number in range(120):
            feature.say(event_id, room, f"{number}")

    async def scene():
        await thread(much)
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": 1})
            return await client.until(lambda message: message["t"] in ("reset", "log"))

    assert asyncio.run(scene()) == {"t": "reset", "topic": f"room/{room}", "seq": 120}


def test_page_from_the_future_is_told_to_load_anew(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": 77})
            return await client.until(lambda message: message["t"] in ("reset", "log"))

    assert asyncio.run(scene()) == {"t": "reset", "topic": f"room/{room}", "seq": 0}


def test_keep_alive_carries_where_each_topic_stands(server, event_id):
    room, tally = f"room/{event_id * 1000}", f"tally/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id) as client:
            stands = await client.join({room: None, tally: None})
            await thread(feature.say, event_id, event_id * 1000, "one")
            await client.until(said(room))
            return stands, (await client.until(lambda message: message["t"] == "heads"))["topics"]

    stands, heads = asyncio.run(scene())

    assert heads == {room: 1, tally: stands[tally]}


def test_messages_of_several_writers_arrive_in_one_order_everywhere(server, second, event_id):
    room = event_id * 1000
    topic = f"room/{room}"

    def write(name):
        for number in range(25):
            feature.say(event_id, room, f"{name}{number}")

    async def scene():
        async with open_client(server, event_id, 1) as one, open_client(second, event_id, 2) as other:
            for client in (one, other):
                await client.join({topic: None})
            await asyncio.gather(*(thread(write, name) for name in "abcd"))
            return await hear(one, topic, 100), await hear(other, topic, 100)

    first, again = asyncio.run(scene())

    assert first == again
    assert [number for number, _ in first] == list(range(1, 101))
