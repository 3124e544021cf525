"""Somebody is put out of the event by a process that dies before it can tell anybody."""

import asyncio
import signal
import subprocess
import sys

from apps.live.client import Client
from apps.live.wire import CloseCode
from tests.faults import world as worlds
from tests.faults.crowd import Crowd, ask

FOUND_SECONDS = 15.0
"""A few sweeps of the drills' processes."""


async def somebody_is_banned(crowd: Crowd) -> list[str]:
    """What they hear ends, and the ticket to come back with opens no process."""
    world = crowd.world
    [person] = await ask(worlds.join, world.event, "banned", 1)
    path = f"/ws/{world.event.slug}/"
    async with Client.open(crowd.ground.ws(world.event.slug), world.ticket(person)) as client:
        await client.join({world.chat_topic: None})
        await client.until(lambda message: message["t"] == "resume")
        ended = await asyncio.to_thread(ban_and_die, world.event.pk, person.pk)
        faults = [] if ended == -signal.SIGKILL else [f"the process did not die where it should: {ended}"]
        faults += await closes(client, "the socket of somebody who was banned")
    for live in crowd.ground.lives:
        async with Client.open(f"ws://127.0.0.1:{live.port}{path}", str(client.resume)) as back:
            faults += await closes(back, f"at live {live.number} a banned person's ticket")
    return faults


def ban_and_die(event_id: int, user_id: int) -> int:
    words = [sys.executable, "-m", "tests.faults.dying", str(event_id), str(user_id)]
    return subprocess.run(words, timeout=60, check=False).returncode


async def closes(client: Client, what: str) -> list[str]:
    try:
        async with asyncio.timeout(FOUND_SECONDS):
            code = await client.closed()
    except TimeoutError:
        return [f"{what} stayed open"]
    return [] if code == CloseCode.TICKET else [f"{what} ended with {code}"]
