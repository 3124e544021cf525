"""The socket of our own server, as rough clients meet it: handshakes, broken frames, closes, and being taken over."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from apps.live.wire import PROTOCOL, CloseCode
from tests.live.conftest import ticket

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def handshake(server, event_id, **headers):
    words = {
        "Host": f"127.0.0.1:{server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
        "Origin": server.http,
        "Sec-WebSocket-Protocol": f"{PROTOCOL}, {ticket(event_id)}",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in words.items())
    return f"GET /ws/test/ HTTP/1.1\r\n{lines}\r\n".encode()


async def conversation(server, first, *then):
    """Says this as it is, and the rest when the first is answered; all that is answered until the server ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(first)
    async with asyncio.timeout(60):
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.writelines(then)
        answer += await reader.read()
    writer.close()
    return answer


def status(answer):
    return int(answer.split(b" ", 2)[1])


def closed_with(answer):
    """The code of the close frame, which is the last thing that is said."""
    return int.from_bytes(answer[-2:], "big")


def test_handshake_is_answered_by_the_book(server, event_id):
    answer = asyncio.run(
        conversation(server, handshake(server, event_id), Frame(Opcode.CLOSE, b"").serialize(mask=True))
    )
    head = answer.partition(b"\r\n\r\n")[0].split(b"\r\n")

    assert head[0] == b"HTTP/1.1 101 Switching Protocols"
    assert b"sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert b"sec-websocket-protocol: plenary.1" in head


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Key": "?" * 24}, 400),
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Origin": "https://elsewhere.example"}, 403),
    ],
)
def test_handshake_that_is_not_one_is_refused(server, event_id, headers, answered):
    assert status(asyncio.run(conversation(server, handshake(server, event_id, **headers)))) == answered


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (b"\x81\x02hi", 1002),
        (Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True), 1007),
        (Frame(Opcode.TEXT, b"x" * 65_537).serialize(mask=True), 1009),
        (b"\x01\x80\0\0\0\0" + b"\x00\x80\0\0\0\0" * 1000, 1009),  # a message in parts without an end
        (Frame(Opcode.CLOSE, b"\x03").serialize(mask=True), 1002),
        (Frame(Opcode.CLOSE, (1000).to_bytes(2, "big")).serialize(mask=True), 1000),
    ],
    # Masks are random, and names of tests may not be.
    ids=lambda value: "frames" if isinstance(value, bytes) else str(value),
)
def test_broken_frame_ends_the_socket_with_its_code(server, event_id, frames, code):
    assert closed_with(asyncio.run(conversation(server, handshake(server, event_id), frames))) == code


def test_ping_is_answered_before_what_follows_it(server, event_id):
    said = Frame(Opcode.PING, b"still?").serialize(mask=True) + Frame(Opcode.TEXT, b'{"t":"ping"}').serialize(mask=True)
    end = Frame(Opcode.CLOSE, b"").serialize(mask=True)

    async def scene():
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(handshake(server, event_id))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        async with asyncio.timeout(60):
            heard = await reader.readuntil(b'{"t":"pong"}')
            writer.write(end)
            await reader.read()
        writer.close()
        return heard

    assert b"\x8a\x06still?" in asyncio.run(scene())


def test_words_are_worked_off_in_their_order_while_a_joining_takes_its_time(server, event_id):
    """A leave that overtook its join would leave the client listening."""
    room = f"room/{event_id * 1000}"

    async def scene():
        words = {"subprotocols": [PROTOCOL, ticket(event_id)], "origin": server.http, "compression": None}
        async with connect(server.ws, **words) as socket:
            for topics in ({room: None}, {room: 0}):
                await socket.send(json.dumps({"t": "join", "topics": topics}))
            await socket.send(json.dumps({"t": "leave", "topics": [room]}))
            await socket.send(json.dumps({"t": "ping"}))
            heard = []
            async with asyncio.timeout(60):
                while not heard or heard[-1]["t"] != "pong":
                    heard.append(json.loads(await socket.recv()))
            return [message["t"] for message in heard]

    heard = asyncio.run(scene())

    assert heard[-1] == "pong"
    assert heard.count("joined") == 2


def test_binary_is_not_understood_and_the_socket_stays(either, event_id):
    async def scene():
        words = {"subprotocols": [PROTOCOL, ticket(event_id)], "origin": either.http, "compression": None}
        async with connect(either.ws, **words) as socket:
            await socket.send(b"\0\1\2")
            await socket.send('{"t":"ping"}')
            heard = []
            async with asyncio.timeout(60):
                while not heard or heard[-1]["t"] != "pong":
                    heard.append(json.loads(await socket.recv()))
            return [message.get("code") for message in heard if message["t"] == "error"]

    assert asyncio.run(scene()) == ["frame.malformed"]


def test_refused_ticket_is_a_close_after_the_handshake(server, event_id):
    bad = handshake(server, event_id, Sec_WebSocket_Protocol=f"{PROTOCOL}, no.ticket.atall")

    async def scene():
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(bad)
        async with asyncio.timeout(60):
            await reader.readuntil(b"\r\n\r\n")
            frame = await reader.readexactly(4)
            writer.write(Frame(Opcode.CLOSE, frame[2:4]).serialize(mask=True))
            await reader.read()
        writer.close()
        return int.from_bytes(frame[2:4], "big")

    assert asyncio.run(scene()) == CloseCode.TICKET
