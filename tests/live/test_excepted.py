"""Whom a topic excepts from its audience: asked for by name, at once, and at no cost for everybody else."""

import asyncio

import pytest

from apps.chat import services as chat
from apps.chat.broadcasts import marks_topic, pace_topic, reactions_topic, topic
from apps.core.errors import Refused
from apps.events import permissions
from apps.events import selectors as events
from apps.events import services as of_events
from apps.events.broadcasts import ANNOUNCEMENTS
from apps.events.doors.pages import live_meta
from apps.live import outbox, registry
from apps.live.client import Client, CommandError
from apps.live.registry import Match, Who
from apps.live.wire import CloseCode
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, EventRoleFactory, RegistrationFactory
from tests.live import feature
from tests.live.conftest import thread
from tests.live.test_feed import get
from tests.live.test_resume import asking, person

BARRED = 7


class Barring(feature.TallyTopic):
    """Open to all but person 7, whoever else may read it."""

    pattern = "barring/{tally_id:int}"

    def guard(self, who, tally_id):
        if who.user_id == BARRED:
            raise Refused("barred", "Not for you.", status=403)

    @staticmethod
    def excepted(event_id):
        return frozenset({BARRED})


def barring(*numbers):
    declared = Barring()
    return [Match(f"barring/{number}", declared, {"tally_id": number}) for number in numbers]


def test_audience_s_yes_is_not_for_whom_the_topic_excepts():
    async def scene(asked, hub):
        return [(await asked.ask(person(number), barring(1)))[0] for number in (6, BARRED, 8)]

    first, barred, last = asking(scene)

    assert (first, barred.code, last) == (None, "barred", None)


def test_thousand_people_and_many_topics_cost_one_question_more():
    topics = barring(1, 2, 3)

    async def scene(asked, hub):
        await asyncio.gather(*(asked.ask(person(number), topics) for number in range(100, 1100)))
        return hub.asked

    assert asking(scene) == [3, (None, "barring/1"), (None, "barring/2"), (None, "barring/3")]


def test_everybody_is_asked_for_by_name_where_it_cannot_be_found_out():
    topics = barring(1)
    topics[0].topic.excepted = lambda event_id: 1 / 0

    async def scene(asked, hub):
        answers = [(await asked.ask(person(number), topics))[0] for number in (BARRED, 8)]
        return [answer and answer.code for answer in answers]

    assert asking(scene) == ["barred", None]


def test_newer_epoch_forgets_what_was_kept_where_the_revocation_was_not_heard(monkeypatch):
    barred = set()
    monkeypatch.setattr(Barring, "guard", lambda self, who, tally_id: feature.belongs(0, int(who.user_id in barred)))
    monkeypatch.setattr(Barring, "excepted", staticmethod(lambda event_id: frozenset(barred)))
    topics = barring(1)

    async def scene(asked, hub):
        before = (await asked.ask(person(9), topics))[0]
        barred.add(9)
        return before, (await asked.ask(Who(9, 3, "", frozenset({"attendee"}), 2), topics))[0]

    before, after = asking(scene)

    assert before is None
    assert after.code == "not_found"


# The whole way: banned from the chat, over the socket and by the feed


@pytest.fixture
def freshet(live):
    registry.keep_epochs(of_events.raise_live_epoch, events.live_epoch)
    return EventFactory(slug="test")


@pytest.fixture
def room(freshet):
    return chat.room_for(freshet, "lobby")


@pytest.fixture
def by(freshet):
    moderator = EventRoleFactory(event=freshet, role="moderator").user
    return chat.Actor(freshet.pk, moderator.pk, permissions.roles_of(moderator, freshet))


def somebody(event):
    return RegistrationFactory(event=event, user=UserFactory()).user


def closed_by_a_ban(room):
    return [topic(room.pk), marks_topic(room.pk), pace_topic(room.pk), reactions_topic(room.pk)]


def meta(event, user):
    event.refresh_from_db()
    return live_meta(event, user, permissions.roles_of(user, event))


async def joined(client, names):
    """The code with which each was refused; None where it was opened."""
    codes = []
    for name in names:
        try:
            await client.join({name: None})
            codes.append(None)
        except CommandError as refused:
            codes.append(refused.code)
    return codes


def test_who_is_banned_does_not_come_back_to_the_conversation(server, second, freshet, room, by):
    reader, other = somebody(freshet), somebody(freshet)
    names = [*closed_by_a_ban(room), ANNOUNCEMENTS]

    async def enter(where, who):
        async with Client.open(where.ws, (await thread(meta, freshet, who)).ticket) as client:
            return await joined(client, names)

    async def scene():
        async with Client.open(server.ws, (await thread(meta, freshet, reader)).ticket) as client:
            assert await joined(client, names) == [None] * 5
            assert await enter(second, other) == [None] * 5  # and both keep the audience's yes
            await thread(chat.ban_from_chat, by, person_id=reader.pk)
            assert await client.closed() == CloseCode.TICKET
        banned = [await enter(where, reader) for where in (server, second)]
        others = await enter(server, other)
        await thread(chat.lift, by, person_id=reader.pk, kind="ban")
        return banned, others, await enter(second, reader)

    banned, others, after = asyncio.run(scene())

    assert banned == [["chat.banned"] * 4 + [None]] * 2
    assert others == after == [None] * 5


def test_audience_s_feed_of_who_is_banned_leaves_the_conversation_out(server, freshet, room, by):
    reader, other = somebody(freshet), somebody(freshet)
    before = meta(freshet, reader).feed
    assert before == meta(freshet, other).feed
    chat.ban_from_chat(by, person_id=reader.pk)
    assert outbox.flush()

    def read(base, name, page="state"):
        return get(server, f"{base}{name}/{page}")[0]

    theirs, others = meta(freshet, reader).feed, meta(freshet, other).feed
    names = closed_by_a_ban(room)[1:]
    assert [read(theirs, name) for name in names] == [403] * 3
    assert [read(others, name) for name in names] == [200] * 3
    assert [read(base, topic(room.pk), "head") for base in (before, theirs, others)] == [410, 403, 200]
    assert [read(base, ANNOUNCEMENTS, "head") for base in (theirs, others)] == [200] * 2
