"""Who is asked about again: what stands at a place, a process that did not hear, guards that fail."""

import asyncio
from types import SimpleNamespace

import pytest

from apps.core.errors import Refused
from apps.events import selectors as events
from apps.events import services as of_events
from apps.live import again, lately, places, refusals, registry
from apps.live.client import Client
from apps.tracks.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory
from tests.factories.tracks import SessionFactory
from tests.live.conftest import thread
from tests.live.test_shutting import joined, meta


@pytest.mark.parametrize(
    ("topic", "stands"),
    [
        ("session/7", True), ("session/7/polls", True), ("person/5/quiz/3", True), ("chat/4", True),
        ("session/71", False), ("session", False), ("chat/4/marks", True), ("person/7", False),
        ("person/5/chat", False), ("announcements/session/7", False),
    ],
)  # fmt: skip
def test_place_is_how_a_topic_begins(topic, stands):
    assert places.stands_at(topic, {"session/7", "quiz/3", "chat/4"}) == stands


@pytest.fixture
def freshet(live):
    registry.keep_epochs(of_events.raise_live_epoch, events.live_epoch)
    return EventFactory(slug="test")


def test_process_that_did_not_hear_asks_again_at_its_next_sweep(server, freshet):
    reader = RegistrationFactory(event=freshet, user=UserFactory()).user
    session = SessionFactory(event=freshet)
    name = f"session/{session.pk}/stage"

    async def scene():
        async with Client.open(server.ws, (await thread(meta, freshet, reader)).ticket) as client:
            assert await joined(client, name) is None
            await thread(lambda: Session.objects.filter(pk=session.pk).update(sign_up=True))
            await thread(lately.ask, freshet.pk, [f"session/{session.pk}"])
            lost = await client.until(lambda message: message["t"] == "error")
            return lost["topic"], lost["code"]

    assert asyncio.run(scene()) == (name, "session.seat")


class Hub:
    """What the asking needs of a hub: guards that answer what they are given to, in turn."""

    def __init__(self, *answers):
        self.answers, self.left, self.told = list(answers), [], []
        self.guards = self.joining = self

    async def ask(self, who, matches):
        return [self.answers.pop(0)]

    def leave(self, connection, channel):
        self.left.append(channel.name)

    def tell(self, connection, frame):
        self.told.append(frame)

    def give_resume(self, connection):
        self.told.append("resume")


NO = Refused("session.seat", "No.", status=403)


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ([None], False),
        ([NO], True),
        ([refusals.failed(), None], False),
        ([refusals.failed(), NO], True),
        ([refusals.failed()] * again.MOST_TRIES, True),
    ],
)
def test_guard_that_fails_is_asked_again_before_it_counts_as_a_no(monkeypatch, answers, left):
    monkeypatch.setattr(again, "WAIT_SECONDS", 0)
    hub = Hub(*answers)
    channel = SimpleNamespace(name="session/7/stage", match=None)
    connection = SimpleNamespace(
        gone=False, topics=(channel,), who=SimpleNamespace(language="en", user_id=7, event_id=1)
    )

    asyncio.run(again.Again(hub).ask(connection, channel))

    assert (hub.answers, bool(hub.left), len(hub.told)) == ([], left, 2 if left else 0)


def test_same_asking_that_comes_twice_is_one():
    hub = SimpleNamespace(channels={}, guards=SimpleNamespace(forget=lambda event_id: None))
    asked = again.Again(hub)

    for marks in ({"session/7": 5}, {"session/7": 5}, {"session/7": 4}, {"session/8": 4}):
        asked.hear(1, marks)

    assert (asked.turn(1), asked.turn(2)) == (2, 0)


def test_ticket_that_was_given_well_after_an_asking_opens_the_place_again():
    async def nothing(event_id):
        pass

    hub = SimpleNamespace(
        channels={}, guards=SimpleNamespace(forget=lambda event_id: None), floors=SimpleNamespace(learn=nothing)
    )
    asked = again.Again(hub)
    asked.hear(1, {"session/7": 1000 * again.MICRO})

    async def scene():
        moments = (900, 1000, 1000 + again.DOUBT_SECONDS - 1, 1000 + again.DOUBT_SECONDS + 1)
        return [await asked.doubts(1, given_at) for given_at in moments]

    assert asyncio.run(scene()) == [{"session/7"}] * 3 + [set()]
