"""The client that stays: a server that dies under it, restarts, drains; and a ledger that shows what was lost."""

import asyncio
import contextlib
import json
import signal

import pytest
from websockets.asyncio.server import serve as serve_websocket

from apps.live import publish
from apps.live.client import CommandError, dial
from apps.live.follower import Follower, Ledger, Sent
from apps.live.wire import PROTOCOL, CloseCode
from tests.live import feature
from tests.live.conftest import free_port, thread, ticket, until, until_async


def follow(server, event_id, topics, user_id=7, roles=("attendee",), **words):
    return Follower(server.ws, lambda: ticket(event_id, user_id, roles, epoch=1), topics, **words)


def stored(event_id):
    rows = feature.query("SELECT seq FROM live_test_message WHERE event_id = %s ORDER BY seq", event_id)
    return [number for (number,) in rows]


def test_log_is_whole_and_commands_are_done_once_though_the_server_dies(serve, event_id):
    port, room = free_port(), event_id * 1000
    topic = f"room/{room}"

    async def scene():
        server = await asyncio.to_thread(serve, port=port)
        async with follow(server, event_id, {topic: 0, f"tally/{room}": None}) as follower:
            await follower.here()
            for number in range(5):
                await follower.do("room.say", {"room": room, "text": str(number)})
            server.process.kill()
            server.process.wait()
            await thread(feature.say, event_id, room, "while nobody was there")
            await thread(feature.vote, event_id, room, 3)
            waiting = asyncio.create_task(follower.do("room.say", {"room": room, "text": "kept"}))
            server = await asyncio.to_thread(serve, port=port)
            await waiting
            # It dies once more, between the commit and the answer.
            waiting = asyncio.create_task(follower.do("room.say", {"room": room, "text": "die"}))
            await asyncio.to_thread(until, lambda: server.process.poll() is not None)
            await asyncio.to_thread(serve, port=port)
            answer = await waiting
            await until_async(lambda: follower.positions[topic] == 8)
            await until_async(lambda: f"tally/{room}" in follower.ledger.values)
            return follower.ledger, answer

    ledger, answer = asyncio.run(scene())

    assert answer["again"] is True
    assert stored(event_id) == list(range(1, 9))
    assert ledger.seen[topic] == list(range(1, 9))
    assert ledger.missing(topic, stored(event_id)) == set()
    assert len(ledger.acknowledged()) == 7
    assert max(sent.times for sent in ledger.sent.values()) >= 2
    assert ledger.values[f"tally/{room}"][1] == {"votes": 3}
    assert ledger.resets == {}


def test_topic_that_cannot_be_had_yet_is_asked_for_again_and_one_that_may_not_is_not():
    """As the browser does: whatever is refused for a while only, under whichever code."""
    passing = [{"code": "internal", "retry_after": 0.01}, {"code": "unavailable", "retry_after": 0.01}]
    asked = []

    async def server(socket):
        await socket.send(json.dumps({"t": "hello", "sweep": 60}))
        async for text in socket:
            asked.append(sorted(json.loads(text)["topics"]))
            if "chat/8" in asked[-1]:
                await socket.send(
                    json.dumps({"t": "error", "topic": "chat/8", "code": "access.refused", "message": ""})
                )
            said = (
                {"t": "error", "message": "", **passing.pop(0)} if passing else {"t": "joined", "kind": "log", "at": 5}
            )
            await socket.send(json.dumps(said | {"topic": "chat/7"}))

    async def scene():
        async with serve_websocket(server, "127.0.0.1", 0, subprotocols=[PROTOCOL]) as standing:
            port = standing.sockets[0].getsockname()[1]
            async with Follower(f"ws://127.0.0.1:{port}/", lambda: "ticket", {"chat/7": None, "chat/8": None}) as one:
                async with asyncio.timeout(60):
                    await one.here()
                return one.ledger.refused, one.positions

    assert asyncio.run(scene()) == ({"chat/8": "access.refused"}, {"chat/7": 5})
    assert asked == [["chat/7", "chat/8"], ["chat/7"], ["chat/7"]]


def test_command_of_which_nobody_knows_whether_it_was_done_is_sent_again_alone_under_its_id():
    asked = []

    async def server(socket):
        await socket.send(json.dumps({"t": "hello", "sweep": 60}))
        async for text in socket:
            said = json.loads(text)
            asked.append(said.get("id", said["t"]))
            if said["t"] == "join":
                answer = {"t": "joined", "topic": "chat/7", "kind": "log", "at": 5}
            elif said["id"] == "another":
                continue
            elif asked.count("mine") == 1:
                answer = {"t": "error", "id": "mine", "code": "unavailable", "message": "", "retry_after": 0.01}
            else:
                answer = {"t": "reply", "id": "mine", "d": {"seq": 1}}
            await socket.send(json.dumps(answer))

    async def scene():
        async with serve_websocket(server, "127.0.0.1", 0, subprotocols=[PROTOCOL]) as standing:
            port = standing.sockets[0].getsockname()[1]
            url = f"ws://127.0.0.1:{port}/"
            async with Follower(url, lambda: "ticket", {"chat/7": None}) as one, asyncio.timeout(60):
                await one.here()
                another = asyncio.create_task(one.do("room.say", {"room": 1, "text": "unanswered"}, id="another"))
                answer = await one.do("room.say", {"room": 1, "text": "Hello"}, id="mine")
                another.cancel()
                return answer

    assert asyncio.run(scene()) == {"seq": 1}
    assert sorted(asked[:3]) == ["another", "join", "mine"]
    assert asked[3:] == ["mine"]


def test_process_that_stops_is_left_for_another_without_losing_anything(serve, second, event_id):
    leaving = serve(drain_seconds=0.2, move_seconds=5.0)
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with follow(leaving, event_id, {topic: None}) as follower:
            await follower.here()
            await thread(feature.say, event_id, event_id * 1000, "one")
            await until_async(lambda: follower.positions[topic] == 1)
            follower.url = second.ws  # what a balancer does
            leaving.process.terminate()
            await until_async(lambda: follower.ledger.closes[CloseCode.RESTART] == 1)
            await thread(feature.say, event_id, event_id * 1000, "two")
            await until_async(lambda: follower.positions[topic] == 2)
            return follower.ledger

    assert asyncio.run(scene()).seen[topic] == [1, 2]


class Desk:
    """Gives tickets, and counts them."""

    def __init__(self, event_id):
        self.event_id, self.given = event_id, 0

    def ticket(self):
        self.given += 1
        return ticket(self.event_id, 7, epoch=1)


def test_who_comes_back_does_so_with_what_the_socket_gave_and_hears_what_was_missed(server, second, event_id):
    topic, desk = f"room/{event_id * 1000}", Desk(event_id)

    async def scene():
        async with Follower(server.ws, desk.ticket, {topic: 0}) as follower:
            await follower.here()
            await until_async(lambda: follower._back is not None)
            follower.url = second.ws
            follower._socket.transport.abort()  # the network breaks
            await thread(feature.say, event_id, event_id * 1000, "meanwhile")
            await until_async(lambda: follower.positions[topic] == 1)
            return follower.ledger

    ledger = asyncio.run(scene())

    assert desk.given == 1
    assert ledger.seen[topic] == [1]
    assert (ledger.opened, ledger.resumed) == (2, 1)
    assert ledger.closes == {1006: 1}


def test_who_does_not_resume_comes_back_with_a_fresh_ticket(server, event_id):
    topic, desk = f"room/{event_id * 1000}", Desk(event_id)

    async def scene():
        async with Follower(server.ws, desk.ticket, {topic: 0}, resumes=False) as follower:
            await follower.here()
            follower._socket.transport.abort()
            await until_async(lambda: follower.ledger.opened == 2)
            await thread(feature.say, event_id, event_id * 1000, "again")
            await until_async(lambda: follower.positions[topic] == 1)
            return follower.ledger

    ledger = asyncio.run(scene())

    assert desk.given == 2
    assert (ledger.opened, ledger.resumed) == (2, 0)
    assert ledger.seen[topic] == [1]


def test_value_that_comes_after_a_newer_one_is_not_taken_and_is_in_the_ledger():
    async def server(socket):
        await socket.send(json.dumps({"t": "hello", "sweep": 60}))
        await socket.recv()
        await socket.send(json.dumps({"t": "joined", "topic": "poll/9/results", "kind": "state", "at": 5}))
        for version in (5, 5, 4, 6):
            await socket.send(json.dumps({"t": "state", "topic": "poll/9/results", "version": version, "d": version}))
        await socket.wait_closed()

    async def scene():
        async with serve_websocket(server, "127.0.0.1", 0, subprotocols=[PROTOCOL]) as standing:
            port = standing.sockets[0].getsockname()[1]
            async with Follower(f"ws://127.0.0.1:{port}/", lambda: "ticket", {"poll/9/results": None}) as one:
                await until_async(lambda: one.positions["poll/9/results"] == 6)
                return one.ledger

    ledger = asyncio.run(scene())

    assert ledger.values == {"poll/9/results": (6, 6)}
    assert ledger.ignored == {"poll/9/results": 2}
    assert ledger.older == {"poll/9/results": 1}


def test_who_was_revoked_comes_back_with_a_ticket_of_its_own(server, event_id):
    topic, desk = f"room/{event_id * 1000}", Desk(event_id)

    async def scene():
        async with Follower(server.ws, desk.ticket, {topic: 0}, patience=3) as follower:
            await follower.here()
            await until_async(lambda: follower._back is not None)
            await thread(publish.revoke, event_id, 7)
            await until_async(lambda: desk.given > 1)
            return desk.given

    assert asyncio.run(scene()) == 2


def test_connection_is_closed_though_its_goodbye_is_cancelled(server, event_id):
    async def stay(opened):
        async with dial(server.ws, ticket(event_id)) as socket:
            opened.set_result(socket.transport.get_extra_info("socket"))
            await socket.wait_closed()

    async def scene():
        opened = asyncio.get_running_loop().create_future()
        staying = asyncio.create_task(stay(opened))
        connection = await opened
        server.process.send_signal(signal.SIGSTOP)
        for _ in range(2):  # on the way out, and once more while it waits for a goodbye that does not come
            staying.cancel()
            await asyncio.sleep(0.1)
        with contextlib.suppress(asyncio.CancelledError):
            await staying
        return connection.fileno()

    try:
        closed = asyncio.run(scene())
    finally:
        server.process.send_signal(signal.SIGCONT)

    assert closed == -1


def test_refusals_are_in_the_ledger(server, event_id):
    async def scene():
        async with follow(server, event_id, {f"desk/{event_id * 1000}": None}) as follower:
            await follower.here()
            with pytest.raises(CommandError):
                await follower.do("room.close", {"room": 1})
            return follower.ledger

    ledger = asyncio.run(scene())

    assert ledger.refused == {f"desk/{event_id * 1000}": "access.refused"}
    assert [sent.refused for sent in ledger.sent.values()] == ["access.refused"]
    assert ledger.acknowledged() == {}


def test_who_was_revoked_gives_up_after_a_while(server, event_id):
    async def scene():
        async with follow(server, event_id, {}, patience=2) as follower:
            await follower.here()
            await thread(publish.revoke, event_id, 7)
            await thread(publish.outbox.flush)
            with pytest.raises(ConnectionError):
                await follower.ended()
            return follower.ledger

    assert set(asyncio.run(scene()).closes) == {CloseCode.TICKET}


def test_frames_beyond_the_rate_are_said_again(server, event_id):
    room = event_id * 1000

    async def scene():
        async with follow(server, event_id, {f"room/{room}": 0}) as follower:
            await follower.here()
            calls = [follower.do("room.say", {"room": room, "text": str(number)}) for number in range(90)]
            await asyncio.gather(*calls)
            await until_async(lambda: follower.positions[f"room/{room}"] == 90)
            return follower.ledger

    assert len(asyncio.run(scene()).acknowledged()) == 90
    assert stored(event_id) == list(range(1, 91))


def test_ledger_shows_what_was_lost():
    ledger = Ledger(
        since={"room/1": 3}, seen={"room/1": [4, 6]}, sent={"a": Sent("say", {}, done=True), "b": Sent("say", {})}
    )

    assert ledger.missing("room/1", range(1, 8)) == {5, 7}
    assert ledger.missing("room/2", range(1, 8)) == set()
    assert set(ledger.acknowledged()) == {"a"}
