"""The embedded front ties a socket of a green room to the ingest, both ways, to the end of either."""

import asyncio

from websockets.asyncio.server import serve

from events_platform.relay import UNREACHABLE, Relay
from tests.plugins.platform import free_port

PATH = "/media-socket/"


def tied(port, said):
    """What the relay sends to a page that says this and then waits."""

    async def run():
        heard, sent = asyncio.Queue(), []
        for message in [{"type": "websocket.connect"}, *said]:
            heard.put_nowait(message)

        async def send(message):
            sent.append(message)

        relay = Relay(None, path=PATH, port=port)
        async with asyncio.timeout(20):
            await relay({"type": "websocket", "path": PATH}, heard.get, send)
        return sent

    return run()


def test_what_either_side_says_reaches_the_other_and_so_does_the_end():
    async def answer(line):
        text, chunk = await line.recv(), await line.recv()
        await line.send(f"{line.request.path} {text} {len(chunk)}")
        await line.close(4403, "contribution.most")

    async def run():
        async with serve(answer, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            said = [{"type": "websocket.receive", "text": "hello"}, {"type": "websocket.receive", "bytes": b"1234"}]
            return await tied(port, said)

    assert asyncio.run(run()) == [
        {"type": "websocket.accept"},
        {"type": "websocket.send", "text": f"{PATH} hello 4"},
        {"type": "websocket.close", "code": 4403, "reason": "contribution.most"},
    ]


def test_a_page_that_goes_ends_the_line_behind():
    ended = asyncio.Event()

    async def wait(line):
        await line.wait_closed()
        ended.set()

    async def run():
        async with serve(wait, "127.0.0.1", 0) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            await tied(port, [{"type": "websocket.disconnect", "code": 1001}])
            async with asyncio.timeout(20):
                await ended.wait()
        return ended.is_set()

    assert asyncio.run(run())


def test_where_no_ingest_runs_the_socket_closes_at_once():
    sent = asyncio.run(tied(free_port(), []))
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": UNREACHABLE, "reason": ""}]


def test_everything_else_is_the_applications():
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["path"])

    asyncio.run(Relay(app, path=PATH, port=1)({"type": "websocket", "path": "/ws/freshet/"}, None, None))
    assert seen == ["/ws/freshet/"]
