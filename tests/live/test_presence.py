"""Who is here: distinct people over all processes, right also after one died."""

import asyncio

import pytest

from apps.live import presence
from tests.live import feature
from tests.live.conftest import open_client, thread, until, until_async


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
            async with open_client(second, event_id, 8) as ben:
                await ben.join({topic: None})
                await until_async(lambda: count(event_id) == 2)
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

    asyncio.run(scene())


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
    assert server.process.wait(20) == 0

    assert count(event_id) == 0
    assert noted(event_id) == ["joined 7", "left 7"]


@pytest.mark.parametrize(
    ("exact", "told"),
    [(0, 0), (7, 7), (100, 100), (101, 100), (999, 990), (1204, 1200), (12_345, 12_300), (1_234_567, 1_230_000)],
)
def test_everyone_is_told_a_rounded_number(exact, told):
    assert presence.about(exact) == told
