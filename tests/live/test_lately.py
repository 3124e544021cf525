"""Who was revoked, and what was asked about again: rows that outlive the process that should have told of it, and
whatever Redis forgets."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.live import lately, outbox, publish, tickets
from apps.live.again import Again
from apps.live.client import Client
from apps.live.models import Asking, Floor
from apps.live.revocation import EVERYBODY, Floors
from apps.live.wire import CloseCode
from tests.live.conftest import open_client, thread


@pytest.fixture
def dying(monkeypatch):
    """As if this process died between each commit and its word of it."""
    monkeypatch.setattr(outbox, "revoke", lambda *words: None)


async def resumable(client, event_id):
    await client.join({f"room/{event_id * 1000}": None})
    await client.until(lambda message: message["t"] == "resume")


def test_revocation_whose_process_died_before_it_told_is_found_by_the_sweep(server, second, event_id, dying):
    async def scene():
        async with (
            open_client(server, event_id, 7) as one,
            open_client(second, event_id, 7) as other,
            open_client(server, event_id, 8) as somebody,
        ):
            for client in (one, other, somebody):
                await resumable(client, event_id)
            await thread(publish.revoke, event_id, 7)
            codes = [await one.closed(), await other.closed()]
            await somebody.say(t="ping")
            await somebody.until(lambda message: message["t"] == "pong")
        async with Client.open(server.ws, one.resume) as back:
            return [*codes, await back.closed()]

    assert asyncio.run(scene()) == [CloseCode.TICKET] * 3


def test_everybody_is_called_back_though_nobody_was_told(server, event_id, dying):
    async def scene():
        async with open_client(server, event_id, 7) as one, open_client(server, event_id, None) as visitor:
            for client in (one, visitor):
                await client.until(lambda message: message["t"] == "hello")
            await thread(publish.revoke_all, event_id)
            return [await one.closed(), await visitor.closed()]

    assert asyncio.run(scene()) == [CloseCode.TICKET] * 2


def test_ticket_to_come_back_with_stays_shut_where_redis_has_forgotten_the_ban(serve, server, event_id, redis):
    async def scene():
        async with open_client(server, event_id, 7) as client:
            await resumable(client, event_id)
            await thread(publish.revoke, event_id, 7)
            await client.closed()
        await thread(outbox.flush)
        redis.flushdb()
        fresh = await asyncio.to_thread(serve)
        async with Client.open(fresh.ws, client.resume) as back:
            return await back.closed()

    assert asyncio.run(scene()) == CloseCode.TICKET


class Hub:
    """What the floors need of a hub; what is read waits for `answers`."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.executor, self.read, self.guards = self, [], SimpleNamespace(forget=lambda event_id: None)
        self.channels, self.answers = {}, asyncio.Queue()
        self.floors, self.again = Floors(self), Again(self)

    async def run(self, work, events, seconds):
        self.read.append(set(events))
        found = await self.answers.get()
        if isinstance(found, Exception):
            raise found
        return found

    def revoke(self, event_id, floors):
        self.floors.raise_to(event_id, floors)


def found(event_id, floors, marks=()):
    answer = lately.Found()
    answer.floors[event_id].update(floors)
    answer.marks[event_id].update(marks)
    return answer


def ticket(user_id, epoch=1, event_id=3):
    return tickets.issue(event_id=event_id, user_id=user_id, name="", roles=("attendee",), epoch=epoch)


def with_hub(scene):
    async def outer():
        return await scene(Hub())

    return asyncio.run(outer())


def test_nobody_is_let_in_before_it_is_known_who_was_revoked_and_it_is_read_once():
    async def scene(hub):
        coming = [asyncio.create_task(hub.floors.admit(ticket(number))) for number in (7, 8, 9)]
        await asyncio.sleep(0.01)
        assert not any(task.done() for task in coming)
        hub.answers.put_nowait(found(3, {8: 2}, {"session/7": 5_000_000}))
        answers = await asyncio.gather(*coming, return_exceptions=True)
        await hub.floors.admit(ticket(7))
        assert await hub.again.doubts(3, given_at=5) == {"session/7"}
        return [isinstance(answer, tickets.StaleError) for answer in answers], hub.read

    assert with_hub(scene) == ([False, True, False], [{3}])


def test_revocation_that_is_heard_while_the_rows_are_read_counts():
    async def scene(hub):
        coming = asyncio.create_task(hub.floors.admit(ticket(7)))
        await asyncio.sleep(0.01)
        hub.revoke(3, {EVERYBODY: 2})
        hub.floors.forget_all_but(set())  # a sweep, to which nobody of the event is there yet
        hub.answers.put_nowait(found(3, {}))
        with pytest.raises(tickets.StaleError):
            await coming

    with_hub(scene)


def test_who_comes_while_the_database_is_away_is_let_in_when_it_is_back():
    async def scene(hub):
        hub.answers.put_nowait(OperationalError("gone"))
        with pytest.raises(OperationalError):
            await hub.floors.admit(ticket(7))
        hub.answers.put_nowait(found(3, {}))
        return (await hub.floors.admit(ticket(7))).who.user_id

    assert with_hub(scene) == 7


@pytest.mark.django_db
def test_marks_of_a_place_grow_with_each_asking():
    first, second = (lately.ask(3, {"session/7", "chat/4"}) for _ in range(2))

    assert sorted(first) == ["chat/4", "session/7"]
    assert all(second[place] > first[place] for place in first)
    assert lately.read([3, 4], 60).marks == {3: second}


@pytest.mark.django_db
def test_floor_only_rises_and_is_read_while_it_is_young():
    for epoch in (5, 4):
        lately.keep(3, 7, epoch)
    lately.keep(4, EVERYBODY, 9)

    assert lately.read([3, 4], 60).floors == {3: {7: 5}, 4: {EVERYBODY: 9}}
    assert lately.read([3], 0).floors == {}
    assert lately.read([], 60).floors == {}


@pytest.mark.django_db
def test_rows_that_nobody_reads_any_more_go():
    old = timezone.now() - timedelta(seconds=lately.KEEP_SECONDS + 60)
    for event_id in (3, 4):
        lately.keep(event_id, 7, 2)
        lately.ask(event_id, ["session/7"])
    for kind in (Floor, Asking):
        kind.objects.filter(event_id=3).update(at=old)

    lately.prune()

    assert [*Floor.objects.values_list("event_id"), *Asking.objects.values_list("event_id")] == [(4,), (4,)]
