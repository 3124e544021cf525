"""Visitors without an account: one network address has its places in a process, and no more."""

import asyncio

from apps.live.follower import CROWDED_SECONDS, Follower
from apps.live.strangers import Strangers
from apps.live.wire import CloseCode
from tests.live.conftest import open_client


def test_counting_ends_where_it_began():
    strangers = Strangers(2)
    for name in ("one", "two"):
        strangers.come(name, "203.0.113.9")
    assert (strangers.is_full("203.0.113.9"), strangers.is_full("203.0.113.10")) == (True, False)
    for name in ("one", "somebody with an account", "one"):
        strangers.go(name)
    assert not strangers.is_full("203.0.113.9")
    strangers.go("two")
    assert not strangers._at


async def enter(server, event_id, user_id=None):
    """The close code of somebody who comes and stays a moment; None while they may stay."""
    async with open_client(server, event_id, user_id=user_id, roles=()) as client:
        try:
            await client.until(lambda message: message["t"] == "hello")
        except ConnectionError:
            return await client.closed()
    return None


def test_address_has_its_places_and_gets_them_back(serve, event_id):
    server = serve(most_strangers_per_address=2)

    async def scene():
        async with open_client(server, event_id, user_id=None, roles=()) as first:
            await first.until(lambda message: message["t"] == "hello")
            async with open_client(server, event_id, user_id=None, roles=()) as second:
                await second.until(lambda message: message["t"] == "hello")
                crowded = [await enter(server, event_id), await enter(server, event_id, user_id=7)]
            async with asyncio.timeout(60):
                while await enter(server, event_id) is not None:
                    pass
            return crowded

    assert asyncio.run(scene()) == [CloseCode.CROWDED, None]


def test_client_stays_away_for_a_while(event_id):
    follower = Follower("ws://127.0.0.1:9/", lambda: "", {})
    assert follower._pause(CloseCode.CROWDED) == CROWDED_SECONDS
    assert follower._pause(CloseCode.RESTART) == (0, 1)
