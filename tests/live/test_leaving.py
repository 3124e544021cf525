"""Goodbyes: a process that stops, a reader that is too slow, a peer that has vanished."""

import asyncio
import contextlib
import itertools
import json

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from apps.live import upkeep
from apps.live.wire import PROTOCOL, CloseCode
from tests.live import feature
from tests.live.conftest import PATIENCE, hear, open_client, said, thread, ticket, until_async


def test_process_that_stops_asks_its_people_to_move_and_speaks_until_they_have(serve, second, event_id):
    leaving = serve(drain_seconds=1.0, move_seconds=5.0)
    room = event_id * 1000
    topic = f"room/{room}"

    async def scene():
        async with open_client(leaving, event_id) as old:
            await old.join({topic: None})
            await thread(feature.say, event_id, room, "before")
            await hear(old, topic, 1)
            leaving.process.terminate()
            await old.until(lambda message: message["t"] == "move")
            await thread(feature.say, event_id, room, "meanwhile")
            heard = await hear(old, topic, 1)
            async with open_client(second, event_id) as new:
                await new.join({topic: old.positions[topic]})
                await old.socket.close()
                await thread(feature.say, event_id, room, "after")
                return heard + await hear(new, topic, 1)

    assert asyncio.run(scene()) == [(2, "meanwhile"), (3, "after")]
    assert leaving.process.wait(PATIENCE) == 0


def test_who_does_not_move_is_closed_and_the_process_ends(serve, event_id):
    server = serve(drain_seconds=0.2, move_seconds=0.2)

    async def scene():
        async with open_client(server, event_id) as client:
            server.process.terminate()
            return await client.closed()

    assert asyncio.run(scene()) == CloseCode.RESTART
    assert server.process.wait(PATIENCE) == 0


def test_goodbyes_are_spread(serve, event_id):
    server = serve(drain_seconds=2.0, move_seconds=30.0)

    async def told(user_id, ready, stopped):
        async with open_client(server, event_id, user_id) as client:
            await client.until(lambda message: message["t"] == "hello")
            ready.release()
            await client.until(lambda message: message["t"] == "move")
            return asyncio.get_running_loop().time() - stopped[0]

    async def scene():
        ready, stopped = asyncio.Semaphore(0), []
        tasks = [asyncio.create_task(told(number, ready, stopped)) for number in range(20)]
        for _ in tasks:
            await ready.acquire()
        stopped.append(asyncio.get_running_loop().time())
        server.process.terminate()
        return sorted(await asyncio.gather(*tasks))

    times = asyncio.run(scene())

    assert times[-1] - times[0] > 0.7
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 0.6


async def say_much(event_id, room):
    text = "x" * 60_000
    for _ in range(150):
        await thread(feature.say, event_id, room, text)


def test_reader_that_does_not_read_is_let_go_and_does_not_hold_up_others(serve, event_id):
    server = serve(slow_seconds=0.5, most_unsent_bytes=64 * 1024, linger_seconds=5)
    room = event_id * 1000
    topic = f"room/{room}"

    async def scene():
        words = {"subprotocols": [PROTOCOL, ticket(event_id, 9)], "origin": server.http, "compression": None}
        async with open_client(server, event_id, 8) as other, connect(server.ws, max_queue=1, **words) as slow:
            await other.join({topic: None})
            await slow.send(json.dumps({"t": "join", "topics": {topic: None}}))
            saying = asyncio.create_task(say_much(event_id, room))
            heard = [number for number, _ in await hear(other, topic, 150)]
            await saying
            got = []
            with contextlib.suppress(ConnectionClosed):
                while True:
                    got.append(json.loads(await slow.recv()))
            return heard, got, slow.close_code

    heard, got, code = asyncio.run(scene())
    numbers = [message["seq"] for message in got if message["t"] == "log"]

    assert heard == list(range(1, 151))
    assert numbers == list(range(1, len(numbers) + 1)), "what a slow reader gets has no holes"
    assert len(numbers) < 150
    assert code in (CloseCode.RESYNC, 1006)


def test_peer_that_answers_no_ping_is_let_go(serve, event_id):
    server = serve(sweep_seconds=0.4)

    async def scene():
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            (
                f"GET /ws/test/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                f"Origin: {server.http}\r\nSec-WebSocket-Protocol: {PROTOCOL}, {ticket(event_id)}\r\n\r\n"
            ).encode()
        )
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionError):
                while await reader.read(65536):
                    pass
        writer.close()
        return reader.at_eof() or reader.exception() is not None

    assert asyncio.run(scene())


def test_last_to_leave_ends_the_subscription(serve, event_id, redis):
    server = serve(linger_seconds=0.2)
    room = event_id * 1000
    name = f"*.{event_id}.room.{room}"

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None})
            await client.do("room.say", {"room": room, "text": "hello"})
            await client.until(said(f"room/{room}"))
            heard_by = [count for _, count in redis.pubsub_numsub(*redis.pubsub_channels(name))]
        await until_async(lambda: not redis.pubsub_channels(name))
        return heard_by

    assert asyncio.run(scene()) == [1]


def untold(event_id):
    """A change as a process leaves it that dies between its commit and its word of it."""
    feature.query("INSERT INTO live_test_tally VALUES (%s, 5)", event_id * 1000)


async def value(client):
    return (await client.until(lambda message: message["t"] == "state"))["d"]


def test_what_a_dead_process_did_not_tell_is_found(serve, server, event_id):
    dying = serve()
    topic = f"tally/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({topic: None})
            before = await value(client)
            await thread(untold, event_id)
            dying.process.kill()
            return before, await value(client)

    assert asyncio.run(scene()) == ({"votes": 0}, {"votes": 5})


def test_who_was_away_when_it_was_found_is_told_as_well(serve, server, second, event_id, redis):
    dying = serve()
    topic = f"tally/{event_id * 1000}"
    before = redis.get(upkeep.DEATH)

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({topic: None})
            await value(client)
            known = client.positions[topic]
        await thread(untold, event_id)
        dying.process.kill()
        await until_async(lambda: redis.get(upkeep.DEATH) != before)
        await asyncio.sleep(0.5)  # everybody has seen it
        async with open_client(second, event_id) as client:
            await client.join({topic: known})
            return await value(client)

    assert asyncio.run(scene()) == {"votes": 5}
