"""Who is here: distinct people over all processes, right also after one died."""

import asyncio
import contextlib
import signal

import psycopg2
import pytest
from django.db import connection

from apps.live import here, presence
from apps.live.registry import Who
from tests.live import feature
from tests.live.conftest import PATIENCE, QUICK, open_client, thread, until, until_async


def count(event_id):
    return presence.count(event_id, f"room/{event_id * 1000}")


def noted(event_id):
    return feature.noted(f"room/{event_id * 1000}")


def test_person_with_two_pages_in_two_processes_counts_once(server, second, event_id):
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, 7) as one, open_client(second, event_id, 7) as other:
            await one.join({topic: None})
            await other.join({topic: None})
            await until_async(lambda: noted(event_id) == ["joined 7"])
            async with open_client(second, event_id, 8) as ben:
                await ben.join({topic: None})
                await until_async(lambda: count(event_id) == 2 and len(noted(event_id)) == 2)
                people = await thread(presence.people, event_id, topic)
            await until_async(lambda: count(event_id) == 1)
        await until_async(lambda: count(event_id) == 0)
        return people

    assert asyncio.run(scene()) == [7, 8]
    until(lambda: len(noted(event_id)) == 4)
    assert noted(event_id) == ["joined 7", "joined 8", "left 8", "left 7"]


def test_visitors_are_counted_but_not_named(server, event_id):
    """Moderators see how many; features are told about people only."""
    topic = f"room/{event_id * 1000}"

    async def scene():
        # A role without an account: what a shared screen in the foyer has.
        async with open_client(server, event_id, None, roles=("attendee",)) as foyer:
            await foyer.join({topic: None})
            await until_async(lambda: count(event_id) == 1)
            return await thread(presence.people, event_id, topic)

    assert asyncio.run(scene()) == []
    assert noted(event_id) == []


def test_reload_is_no_leaving(serve, event_id):
    server = serve(leave_seconds=3)
    topic = f"room/{event_id * 1000}"

    async def scene():
        for _ in range(3):
            async with open_client(server, event_id, 7) as client:
                await client.join({topic: None})
                await until_async(lambda: count(event_id) == 1)

    asyncio.run(scene())
    until(lambda: count(event_id) == 0)

    until(lambda: len(noted(event_id)) == 2)
    assert noted(event_id) == ["joined 7", "left 7"]


def test_people_of_a_process_that_died_are_counted_out_by_another(serve, server, event_id):
    dying = serve()
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, 8) as staying, open_client(dying, event_id, 7) as client:
            await staying.join({topic: None})
            await client.join({topic: None})
            await until_async(lambda: count(event_id) == 2)
            dying.process.kill()
            await until_async(lambda: count(event_id) == 1)
            await until_async(lambda: "left 7" in noted(event_id))
            return await thread(presence.people, event_id, topic)

    assert asyncio.run(scene()) == [8]


def test_large_process_that_died_is_counted_out_to_the_last_person(server, event_id, redis):
    """Redis looks through a large hash piece by piece, and what was taken out of it leaves empty stretches."""
    topic, dead = f"room/{event_id * 1000}", f"dead-{event_id}"
    who = here.packed(Who(None, event_id, "", frozenset(), 1))
    people = [f"{dead}-{number}" for number in range(16_000)]
    redis.hset(presence.here_key(event_id, topic), mapping=dict.fromkeys(people, 1))
    redis.hset(here.mine_key(dead), mapping={f"{event_id}:{topic}:{person}": who for person in people})
    redis.zadd(here.PROCESSES, {dead: 1})

    until(lambda: redis.zscore(here.PROCESSES, dead) is None, seconds=60)

    assert (redis.hlen(here.mine_key(dead)), count(event_id)) == (0, 0)


def counts_of(redis, event_id):
    return [presence.here_key(event_id, f"room/{event_id * 1000}")]


def added(redis, event_id):
    """What processes keep of the people whom they have counted there."""
    return [key for key in redis.keys(here.mine_key("*")) for field in redis.hkeys(key) if of_event(field, event_id)]


def of_event(field, event_id):
    return field.startswith(b"%d:" % event_id)


def processes(redis, event_id):
    return [here.PROCESSES]


@pytest.mark.parametrize(
    "lost",
    [(counts_of,), (added,), (processes,), (counts_of, added), (counts_of, added, processes)],
    ids=lambda lost: " and ".join(one.__name__ for one in lost),
)
def test_people_whom_redis_lost_are_counted_again_and_leave_once(server, event_id, redis, lost):
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, 7) as ada, open_client(server, event_id, 8) as ben:
            await ada.join({topic: None})
            await ben.join({topic: None})
            await until_async(lambda: len(noted(event_id)) == 2)
            redis.delete(*(key for one in lost for key in one(redis, event_id)))
            async with open_client(server, event_id, 9) as newcomer:  # stands in a new count
                await newcomer.join({topic: None})
                await until_async(lambda: redis.zcard(here.PROCESSES) > 0)
                await until_async(lambda: (count(event_id), len(added(redis, event_id))) == (3, 3))
                await asyncio.sleep(QUICK["lease_seconds"] + 0.5)  # it stays so
                return count(event_id), len(added(redis, event_id))

    assert asyncio.run(scene()) == (3, 3)
    until(lambda: (count(event_id), len(added(redis, event_id))) == (0, 0))


def test_people_who_are_gone_and_whom_redis_still_has_are_counted_out(server, event_id, redis):
    """As after a departure that Redis refused."""
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, 7) as ada:
            await ada.join({topic: None})
            [mine] = await until_async(lambda: added(redis, event_id))
            gone = here.packed(Who(8, event_id, "", frozenset({"attendee"}), 1))
            redis.hset(mine, f"{event_id}:{topic}:8", gone)
            redis.hset(presence.here_key(event_id, topic), "8", 1)
            told = await until_async(lambda: [one for one in noted(event_id) if one.endswith(" 8")])
            return told, count(event_id), redis.hlen(mine)

    assert asyncio.run(scene()) == (["left 8"], 1, 1)


def test_process_that_was_slow_and_taken_for_dead_puts_back_what_redis_loses_next(serve, server, event_id, redis):
    slow = serve(sweep_seconds=60)
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(slow, event_id, 7) as ada:
            await ada.join({topic: None})
            await until_async(lambda: count(event_id) == 1)
            slow.process.send_signal(signal.SIGSTOP)
            try:
                await until_async(lambda: count(event_id) == 0)
            finally:
                slow.process.send_signal(signal.SIGCONT)
            await until_async(lambda: (count(event_id), len(added(redis, event_id))) == (1, 1))
            redis.delete(*added(redis, event_id))
            # Sooner than whoever buried it in vain would have given up.
            await until_async(lambda: added(redis, event_id), seconds=here.REAPING_SECONDS / 2)
            return count(event_id)

    assert asyncio.run(scene()) == 1


def test_person_in_two_processes_is_counted_for_both_after_redis_lost_everything(server, second, event_id, redis):
    topic = f"room/{event_id * 1000}"
    key = presence.here_key(event_id, topic)

    async def scene():
        async with open_client(server, event_id, 7) as page:
            await page.join({topic: None})
            async with open_client(second, event_id, 7) as other:
                await other.join({topic: None})
                await until_async(lambda: redis.hget(key, "7") == b"2")
                redis.delete(key, here.PROCESSES, *added(redis, event_id))
                again = await until_async(lambda: redis.hget(key, "7") == b"2" and added(redis, event_id))
            await until_async(lambda: redis.hget(key, "7") == b"1")
            return len(again), len(added(redis, event_id))

    assert asyncio.run(scene()) == (2, 1)
    until(lambda: count(event_id) == 0)


def test_process_that_stops_tells_who_left(serve, event_id):
    server = serve()
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, 7) as client:
            await client.join({topic: None})
            await until_async(lambda: count(event_id) == 1)
            server.process.terminate()
            await client.closed()

    asyncio.run(scene())
    assert server.process.wait(PATIENCE) == 0

    assert count(event_id) == 0
    assert noted(event_id) == ["joined 7", "left 7"]


@pytest.mark.parametrize(
    ("exact", "told"),
    [(0, 0), (7, 7), (100, 100), (101, 100), (999, 990), (1204, 1200), (12_345, 12_300), (1_234_567, 1_230_000)],
)
def test_everyone_is_told_a_rounded_number(exact, told):
    assert presence.about(exact) == told


@contextlib.contextmanager
def nobody_told(topic):
    """For a while the feature cannot be told who came and left: it waits for the lock that is held here."""
    words = connection.get_connection_params()
    held = psycopg2.connect(
        **{name: words[name] for name in ("dbname", "user", "password", "host", "port") if name in words}
    )
    try:
        held.cursor().execute("SELECT pg_advisory_lock(hashtext(%s))", [topic])
        yield
    finally:
        held.close()


def owed(redis, event_id):
    keys = redis.keys(here.owed_key("*"))
    return sum(f'"room/{event_id * 1000}"'.encode() in words for key in keys for words in redis.lrange(key, 0, -1))


def test_arrival_that_a_process_died_before_telling_is_told_by_another(serve, server, event_id, redis):
    dying = serve()
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(dying, event_id, 7) as client:
            await client.join({topic: None})
            await until_async(lambda: owed(redis, event_id) == 1)
            dying.process.kill()
        # Ada is back before the dead process is found: here she is no arrival.
        async with open_client(server, event_id, 7) as client:
            await client.join({topic: None})
            await until_async(lambda: redis.hget(presence.here_key(event_id, topic), "7") == b"2")
            lock.close()
            await until_async(lambda: noted(event_id) == ["joined 7"])
            await until_async(lambda: redis.hget(presence.here_key(event_id, topic), "7") == b"1")
        await until_async(lambda: noted(event_id) == ["joined 7", "left 7"])

    with contextlib.ExitStack() as lock:
        lock.enter_context(nobody_told(topic))
        asyncio.run(scene())
    assert noted(event_id) == ["joined 7", "left 7"]


def test_departure_that_a_process_died_before_telling_is_told_by_another(serve, server, event_id, redis):
    dying = serve()
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(dying, event_id, 7) as client:
            await client.join({topic: None})
            await until_async(lambda: noted(event_id) == ["joined 7"])
            await thread(lock.enter_context, nobody_told(topic))
        await until_async(lambda: count(event_id) == 0 and owed(redis, event_id) == 1)
        dying.process.kill()
        lock.close()
        await until_async(lambda: noted(event_id) == ["joined 7", "left 7"])

    with contextlib.ExitStack() as lock:
        asyncio.run(scene())
    assert (noted(event_id), count(event_id)) == (["joined 7", "left 7"], 0)


def test_visit_that_nobody_was_told_of_is_told_whole(serve, server, event_id, redis):
    """Came, was counted, the process died: told as an arrival and, from its last sign of life, as a departure."""
    dying = serve()
    topic = f"room/{event_id * 1000}"

    async def scene():
        async with open_client(dying, event_id, 7) as client:
            await client.join({topic: None})
            await until_async(lambda: owed(redis, event_id) == 1)
            dying.process.kill()
            lock.close()
        await until_async(lambda: noted(event_id) == ["joined 7", "left 7"])

    with contextlib.ExitStack() as lock:
        lock.enter_context(nobody_told(topic))
        asyncio.run(scene())
    assert count(event_id) == 0
    until(lambda: owed(redis, event_id) == 0)
