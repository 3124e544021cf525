"""Coming back with what the socket gave: the same person, the same topics, nobody asked, and nothing after a
revocation."""

import asyncio
import time
from contextlib import suppress

import pytest
from django.db import InterfaceError, OperationalError

from apps.core.errors import Refused
from apps.live import guards, publish, tickets
from apps.live.client import Client, CommandError
from apps.live.guards import Guards
from apps.live.registry import Match, Who, registry, resolve
from apps.live.wire import CloseCode
from tests.live import feature
from tests.live.conftest import hear, open_client, thread

ADA = Who(7, 3, "Ada", frozenset({"attendee"}), 5, "de")


def test_resume_ticket_says_who_and_what_they_heard():
    assert tickets.read_pass(tickets.issue_resume(ADA, ["room/1", "here"])) == tickets.Pass(
        ADA, frozenset({"room/1", "here"})
    )


def test_resume_ticket_says_when_it_was_given():
    before = int(time.time())

    given_at = tickets.read_pass(tickets.issue_resume(ADA, ["room/1"])).given_at

    assert before <= given_at <= time.time()


def test_ticket_opens_no_topic_by_itself():
    ticket = tickets.issue(event_id=3, user_id=7, name="Ada", roles=("attendee",), epoch=5)

    assert tickets.read_pass(ticket).topics == frozenset()


def test_ticket_is_no_resume_ticket():
    ticket = tickets.issue(event_id=3, user_id=7, name="Ada", roles=("attendee",), epoch=5)

    with pytest.raises(tickets.StaleError):
        tickets.read_pass(tickets.RESUME + ticket)


def test_resume_ticket_fits_into_a_header_whatever_was_joined():
    ticket = tickets.issue_resume(ADA, [f"session/{number}/{'x' * 60}" for number in range(60)])

    assert len(ticket) < 4000
    assert 20 < len(tickets.read_pass(ticket).topics) < 60


def test_who_comes_back_hears_what_was_missed(either, event_id):
    room = event_id * 1000
    topic = f"room/{room}"

    async def scene():
        async with open_client(either, event_id) as client:
            await client.join({topic: None})
            await client.until(lambda message: message["t"] == "resume")
        await thread(feature.say, event_id, room, "meanwhile")
        async with Client.open(either.ws, client.resume) as back:
            await back.join({topic: 0})
            return await hear(back, topic, 1)

    assert asyncio.run(scene()) == [(1, "meanwhile")]


def test_resume_ticket_opens_what_was_not_heard_before_only_by_its_guard(server, event_id):
    mine, theirs = f"room/{event_id * 1000}", f"room/{(event_id + 50_000) * 1000}"

    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({mine: None})
            await client.until(lambda message: message["t"] == "resume")
        async with Client.open(server.ws, client.resume) as back:
            with pytest.raises(CommandError) as refused:
                await back.join({theirs: None})
            return refused.value.code

    assert asyncio.run(scene()) == "not_found"


def test_resume_ticket_ends_with_a_revocation(server, second, event_id):
    async def scene():
        async with open_client(server, event_id) as client:
            await client.join({f"room/{event_id * 1000}": None})
            await client.until(lambda message: message["t"] == "resume")
            await thread(publish.revoke, event_id, 7)
            await client.closed()
        async with Client.open(second.ws, client.resume) as back:
            return await back.closed()

    assert asyncio.run(scene()) == CloseCode.TICKET


# Guards


class Hub:
    """What the guards need of a hub; counts what is put to the features."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.tasks = self.executor = self
        self.asked = []

    def spawn(self, work):
        return self.loop.create_task(work)

    async def run(self, work, about):
        self.asked += [(who.user_id, match.name) for who, match in about] if work is guards.ask_guards else [about]
        await asyncio.sleep(0)
        return work(about)


def asking(scene):
    async def outer():
        hub = Hub()
        return await scene(Guards(hub), hub)

    return asyncio.run(outer())


def person(user_id, *roles):
    return Who(user_id, 3, "", frozenset(roles or ("attendee",)), 1)


def test_thousand_people_of_one_audience_cost_one_question(live):
    room = resolve("room/3001")

    async def scene(asked, hub):
        answers = await asyncio.gather(*(asked.ask(person(number), [room]) for number in range(1, 1001)))
        return answers, hub.asked

    answers, questions = asking(scene)

    assert answers == [[None]] * 1000
    assert questions == [(None, "room/3001")]


def test_topic_of_one_person_is_asked_for_each(live):
    topic = resolve("person/7")

    async def scene(asked, hub):
        return [(await asked.ask(person(number), [topic]))[0] is None for number in (7, 8, 7)], hub.asked

    allowed, questions = asking(scene)

    assert allowed == [True, False, True]
    assert [who for who, _ in questions] == [7, 8, 7]


class Answered(feature.TallyTopic):
    """Open to those who have answered: to nobody by their roles, to person 7 by name."""

    pattern = "answered/{tally_id:int}"

    def guard(self, who, tally_id):
        feature.belongs(tally_id, who.event_id if who.user_id == 7 else 0)


class Plain(feature.TallyTopic):
    """Of this event, as anybody sees by the name."""

    pattern = "plain/{tally_id:int}"
    by_ticket = True


def test_what_the_ticket_says_is_put_to_no_feature():
    ours, theirs = (Match(f"plain/{number}", Plain(), {"tally_id": number}) for number in (3001, 9001))

    async def scene(asked, hub):
        return [answer is None for answer in await asked.ask(person(7), [ours, theirs])], hub.asked

    assert asking(scene) == ([True, False], [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pattern", [one for one in registry.patterns if one.topic.by_ticket], ids=lambda pattern: pattern.template
)
def test_guard_by_ticket_asks_the_database_nothing(pattern, django_assert_num_queries):
    with django_assert_num_queries(0) as asked, suppress(Refused):
        pattern.topic.guard(person(7), **{name: convert("7") for name, convert in pattern.convert.items()})

    assert not asked.captured_queries


def test_person_may_have_what_their_audience_may_not():
    topic = Match("answered/3001", Answered(), {"tally_id": 3001})

    async def scene(asked, hub):
        return [(await asked.ask(person(number), [topic]))[0] is None for number in (7, 8, 7)]

    assert asking(scene) == [True, False, True]


class Broken(feature.TallyTopic):
    """Its guard meets what the test gives it, in turn."""

    pattern = "broken/{tally_id:int}"

    def __init__(self, *met):
        self.met = list(met)

    def guard(self, who, tally_id):
        met = self.met.pop(0)
        if met is not None:
            raise met


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_guard_that_cannot_ask_the_database_says_come_again(kind):
    topic = Match("broken/3001", Broken(kind("gone"), kind("gone")), {"tally_id": 3001})

    async def scene(asked, hub):
        return (await asked.ask(person(7), [topic]))[0]

    refusal = asking(scene)

    assert (refusal.code, refusal.status, refusal.retry_after) == ("unavailable", 503, 3)


def test_database_that_is_lost_is_waited_for_once_and_not_by_everybody():
    topic = Broken(None, OperationalError("gone"))
    match = Match("broken/3001", topic, {"tally_id": 3001})

    answers = guards.ask_guards([(person(number), match) for number in range(1, 6)])

    assert [answer and answer.code for answer in answers] == [None, *["unavailable"] * 4]
    assert topic.met == []


def test_other_roles_are_another_audience(live):
    room = resolve("room/3001")

    async def scene(asked, hub):
        await asked.ask(person(1, "attendee"), [room])
        await asked.ask(person(2, "moderator"), [room])
        return len(hub.asked)

    assert asking(scene) == 2


def test_visitor_without_a_name_is_answered(live):
    topics = [resolve("tally/3001"), resolve("tally/9001"), resolve("person/7")]

    async def scene(asked, hub):
        return [answer is None for answer in await asked.ask(person(None), topics)]

    assert asking(scene) == [True, False, False]


def test_revocation_forgets_also_what_is_being_asked(live):
    room = resolve("room/3001")

    async def scene(asked, hub):
        before = asyncio.create_task(asked.ask(person(1), [room]))
        await asyncio.sleep(0)
        asked.forget(3)
        await asyncio.gather(before, asked.ask(person(2), [room]))
        await asked.ask(person(3), [room])
        return len(hub.asked)

    assert asking(scene) == 2


def test_answer_is_kept_for_a_moment_only(live, monkeypatch):
    monkeypatch.setattr(guards, "KEPT_SECONDS", -1.0)
    room = resolve("room/3001")

    async def scene(asked, hub):
        await asked.ask(person(1), [room])
        await asked.ask(person(2), [room])
        return len(hub.asked)

    assert asking(scene) == 2


def test_one_who_goes_away_does_not_take_the_answer_from_others(live):
    room = resolve("room/3001")

    async def scene(asked, hub):
        first, second = (asyncio.create_task(asked.ask(person(number), [room])) for number in (1, 2))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asking(scene) == [None]
