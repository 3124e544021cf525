"""Redis is away, forgets, or drops a subscription without a word: nothing is lost for those who stay."""

import asyncio

from apps.live import presence
from tests.live import feature
from tests.live.conftest import hear, open_client, thread, until_async, valued


def drop_subscriptions(redis):
    """Those of this database's processes: the server may have other guests."""
    ours = str(redis.connection_pool.connection_kwargs.get("db", 0))
    for words in redis.client_list(_type="pubsub"):
        if words["db"] == ours:
            redis.client_kill_filter(_id=words["id"])


def test_redis_that_forgot_everything_is_noticed_and_mended(server, event_id, redis):
    room, tally = event_id * 1000, event_id * 1000
    topics = {f"room/{room}": None, f"tally/{tally}": None}

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join(topics)
            await until_async(lambda: presence.count(event_id, f"room/{room}") == 1)
            await thread(feature.query, "INSERT INTO live_test_tally VALUES (%s, 5)", tally)
            await thread(feature.say_unheard, event_id, room, "unheard")
            redis.flushdb()
            await client.until(valued(f"tally/{tally}", {"votes": 5}))
            await until_async(lambda: presence.count(event_id, f"room/{room}") == 1)

    asyncio.run(scene())


def test_dropped_subscription_is_found_by_the_sweep(server, event_id, redis):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None, f"tally/{room}": None})
            await thread(drop_subscriptions, redis)
            await thread(feature.say, event_id, room, "one")
            await thread(feature.vote, event_id, room, 2)
            heard = await hear(client, f"room/{room}", 1)
            await thread(feature.say, event_id, room, "two")
            return heard + await hear(client, f"room/{room}", 1)

    assert asyncio.run(scene()) == [(1, "one"), (2, "two")]


def test_snapshot_and_broadcasts_agree_after_a_dropped_subscription(server, event_id, redis):
    tally = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"tally/{tally}": None})
            await thread(drop_subscriptions, redis)
            await thread(feature.vote, event_id, tally, 4)
            await client.until(valued(f"tally/{tally}", {"votes": 4}))

    asyncio.run(scene())
