"""The Python client, on a socket whose other end the test speaks for."""

import asyncio
import json

import pytest

from apps.live.client import Client


class Line:
    """What the client has said, and what it is told."""

    def __init__(self):
        self.said = []
        self._told = asyncio.Queue()

    async def send(self, text):
        self.said.append(json.loads(text))

    def tell(self, **message):
        self._told.put_nowait(json.dumps(message))

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self._told.get()


async def talk(deed):
    line = Line()
    client = Client(line)
    try:
        async with asyncio.timeout(60):
            return await deed(client, line)
    finally:
        client._reading.cancel()


async def give_up(waiting):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await waiting


@pytest.mark.parametrize("answers", [1, 2])
def test_command_that_was_given_up_may_be_asked_again_under_its_id(answers):
    async def scene(client, line):
        await give_up(client.do("poll.vote", {"poll": 1}, id="a"))
        again = asyncio.create_task(client.do("poll.vote", {"poll": 1}, id="a"))
        await asyncio.sleep(0)
        for _answer in range(answers):  # the server may answer each time
            line.tell(t="reply", id="a", d={"total": 1})
        return await again, len(line.said)

    assert asyncio.run(talk(scene)) == ({"total": 1}, 2)


def test_joining_that_was_given_up_may_be_asked_again():
    async def scene(client, line):
        await give_up(client.join({"here": None}))
        again = asyncio.create_task(client.join({"here": None}))
        await asyncio.sleep(0)
        line.tell(t="joined", topic="here", at=7, kind="state")
        return await again

    assert asyncio.run(talk(scene)) == {"here": 7}
