"""Redis is away, forgets, or drops a subscription without a word: nothing is lost for those who stay."""

import asyncio
from contextlib import AsyncExitStack

from django.db import transaction

from apps.live import here, presence
from tests.live import feature
from tests.live.conftest import QUICK, hear, open_client, thread, until, until_async, valued


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
            told = await client.until(valued(f"tally/{tally}", {"votes": 5}))
            return told["d"], await until_async(lambda: presence.count(event_id, f"room/{room}"))

    assert asyncio.run(scene()) == ({"votes": 5}, 1)


def test_change_whose_mark_is_lost_while_redis_goes_on_forgetting_is_told(server, event_id, redis):
    tally = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"tally/{tally}": None})
            await thread(feature.query, "INSERT INTO live_test_tally VALUES (%s, 5)", tally)
            redis.flushdb()
            await client.until(valued(f"tally/{tally}", {"votes": 5}))
            # Nothing else changes, and nobody says that this did.
            await thread(feature.query, "UPDATE live_test_tally SET votes = 7 WHERE tally_id = %s", tally)
            return (await client.until(valued(f"tally/{tally}", {"votes": 7})))["d"]

    assert asyncio.run(scene()) == {"votes": 7}


def test_hundreds_of_topics_are_mended_together_and_past_one_that_was_deleted(serve, event_id, redis):
    server = serve()
    first = event_id * 1000
    every = [f"tally/{first + number}" for number in range(400)]
    gone, told = every[0], set()

    async def listen(client):
        async for message in client.messages():
            if message.get("d") == {"votes": 5}:
                told.add(message["topic"])

    async def scene():
        async with AsyncExitStack() as opened:
            for at in range(0, 400, 50):
                client = await opened.enter_async_context(open_client(server, event_id, at + 1))
                await client.join(dict.fromkeys(every[at : at + 50]))
                listening = asyncio.create_task(listen(client))
                opened.callback(listening.cancel)
            await thread(
                feature.query,
                "INSERT INTO live_test_tally SELECT number, CASE number WHEN %s THEN -1 ELSE 5 END"
                " FROM generate_series(%s, %s) number",
                first,
                first,
                first + 399,
            )
            redis.flushdb()
            # One after the other they would take forty seconds.
            await until_async(lambda: told == {*every} - {gone}, seconds=30)
            return len(told)

    assert asyncio.run(scene()) == 399


def test_process_that_is_long_at_mending_is_not_taken_for_dead(serve, second, event_id, redis):
    server = serve()
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{room}": None, f"tally/{room}": None})
            await until_async(lambda: presence.count(event_id, f"room/{room}") == 1)
            await thread(mend_for_long)

    def mend_for_long():
        with transaction.atomic():
            feature.query("LOCK TABLE live_test_tally")
            redis.flushdb()
            until(lambda: presence.count(event_id, f"room/{room}") == 1)
            alive = redis.zrange(here.PROCESSES, 0, -1, withscores=True)
            after = max(seen for _process, seen in alive) + 2 * QUICK["lease_seconds"]
            until(lambda: all((redis.zscore(here.PROCESSES, process) or after) >= after for process, _seen in alive))
            assert {process for process, _seen in alive} <= set(redis.zrange(here.PROCESSES, 0, -1))

    asyncio.run(scene())

    assert "left 7" not in feature.noted(f"room/{room}")


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
