"""Commands: typed, counted, batched, answered once."""

import asyncio
import itertools
import json

import pytest
from django.db import InterfaceError, OperationalError

from apps.core.errors import Refused
from apps.live import commands, tickets
from apps.live.client import CommandError
from apps.live.registry import Call, Who
from apps.live.singly import singly
from apps.live.wire import CloseCode
from tests.live import feature
from tests.live.conftest import hear, open_client, thread


def refusal(server, event_id, name, body, roles=("attendee",)):
    async def scene():
        async with open_client(server, event_id, roles=roles) as client:
            with pytest.raises(CommandError) as refused:
                await client.do(name, body)
            # The socket stays open.
            await client.say(t="ping")
            await client.until(lambda message: message["t"] == "pong")
            return refused.value.code, refused.value.words.get("field")

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"room": 1, "text": "Hello", "loud": True}, ("command.unknown_field", "loud")),
        ({"room": "1", "text": "Hello"}, ("command.wrong_type", "room")),
        ({"room": 1, "text": "x" * 41}, ("command.too_long", "text")),
        ({"room": 1}, ("command.wrong_type", None)),
        ([1, 2], ("command.wrong_type", None)),
    ],
)
def test_body_that_is_not_as_declared_is_refused_by_code(server, event_id, body, answer):
    assert refusal(server, event_id, "room.say", body) == answer


class Lost(feature.Say):
    """Meets what a test gives it, call by call."""

    name = "room.lost"

    def __init__(self, *met):
        self.met, self.done = list(met), []

    def run(self, calls):
        met = self.met.pop(0) if self.met else None
        if met is not None:
            raise met
        self.done += [call.body.room for call in calls]
        return [{} for _ in calls]


def calls(count):
    who = Who(7, 3, "Ada", frozenset({"attendee"}), 1)
    return [Call(who, feature.Say.Body(number, ""), None) for number in range(count)]


def codes(answers):
    return [answer.code if isinstance(answer, Refused) else "done" for answer in answers]


class Cause(Exception):
    pgcode = None


def postgres(code):
    """As Django wraps it; psycopg's own carries a code where the server has said one."""
    cause = Cause()
    cause.pgcode = code
    error = OperationalError("no")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "met", [OperationalError("timeout"), InterfaceError("closed"), postgres("57P01"), postgres("08006")]
)
def test_database_that_is_lost_is_asked_once_and_not_by_each_call(met):
    command = Lost(met)

    assert codes(commands.attempt(command, calls(500))) == ["unavailable"] * 500
    assert (command.met, command.done) == ([], [])


@pytest.mark.parametrize("met", [ZeroDivisionError(), postgres("40P01")])
def test_one_call_s_own_failure_is_not_the_others(met):
    command = Lost(met, None, met, None)

    assert codes(commands.attempt(command, calls(3))) == ["done", "internal", "done"]
    assert command.done == [0, 2]


def test_database_that_is_lost_in_the_middle_takes_only_what_was_not_done():
    command = Lost(ZeroDivisionError(), None, OperationalError("timeout"))

    assert codes(commands.attempt(command, calls(50))) == ["done", *["unavailable"] * 49]
    assert command.done == [0]


@pytest.mark.django_db
def test_calls_that_are_done_one_by_one_end_with_the_database():
    asked = []

    def do(call):
        asked.append(call.body.room)
        if call.body.room == 1:
            raise OperationalError("timeout")
        return "done"

    answers = singly(calls(50), do)

    assert (codes(answers), asked) == (["done", *["unavailable"] * 49], [0, 1])


def test_nobody_is_told_that_nothing_was_done_where_that_is_not_known():
    """The answer to COMMIT may be what was lost."""
    [answer] = commands.attempt(Lost(postgres("57P01")), calls(1))

    assert "othing" not in str(answer.message)
    assert answer.retry_after > 0


def test_unknown_command_is_refused(server, event_id):
    assert refusal(server, event_id, "room.paint", {}) == ("command.unknown", None)


def test_command_of_moderators_is_refused_to_attendees(server, event_id):
    assert refusal(server, event_id, "room.close", {"room": 1}) == ("access.refused", None)


def test_who_previews_hears_and_does_nothing(server, event_id):
    roles = ("moderator", tickets.PREVIEW)

    assert refusal(server, event_id, "room.say", {"room": 1, "text": "Hello"}, roles=roles) == ("access.refused", None)
    assert refusal(server, event_id, "room.close", {"room": 1}, roles=roles) == ("access.refused", None)


def test_object_of_another_event_is_refused_by_the_service(server, event_id):
    theirs = (event_id + 50_000) * 1000

    assert refusal(server, event_id, "room.say", {"room": theirs, "text": "Hello"}) == ("not_found", None)


def test_too_many_are_told_when_to_come_back(server, event_id):
    async def scene():
        async with open_client(server, event_id, roles=("moderator",)) as client:
            for _ in range(2):
                await client.do("room.close", {"room": 1})
            with pytest.raises(CommandError) as refused:
                await client.do("room.close", {"room": 1})
            return refused.value

    refused = asyncio.run(scene())

    assert refused.code == "rate.limited"
    assert 0 < refused.words["retry_after"] <= 1


def test_retry_is_answered_though_its_sender_was_too_quick(server, second, event_id):
    async def scene():
        async with (
            open_client(server, event_id, roles=("moderator",)) as one,
            open_client(second, event_id, roles=("moderator",)) as other,
        ):
            first = [await one.do("room.close", {"room": number}, id=f"{number}-{event_id}") for number in (1, 2)]
            with pytest.raises(CommandError) as refused:
                await one.do("room.close", {"room": 3}, id=f"3-{event_id}")
            again = [
                await process.do("room.close", {"room": number}, id=f"{number}-{event_id}")
                for process in (one, other)
                for number in (1, 2)
            ]
            return first, again, refused.value.code

    first, again, code = asyncio.run(scene())

    assert (again, code) == (first * 2, "rate.limited")


def test_retry_takes_nothing_from_what_is_new(server, second, event_id):
    """Two at once, and one more each second: the shared bucket has one left."""

    async def scene():
        async with (
            open_client(server, event_id, roles=("moderator",)) as one,
            open_client(second, event_id, roles=("moderator",)) as other,
        ):
            await one.do("room.close", {"room": 1}, id=f"1-{event_id}")
            for _ in range(4):
                await other.do("room.close", {"room": 1}, id=f"1-{event_id}")
            return await one.do("room.close", {"room": 2}, id=f"2-{event_id}")

    assert asyncio.run(scene()) == {"closed": 2}


def test_rate_of_a_person_holds_over_all_processes(server, second, event_id):
    async def scene():
        async with (
            open_client(server, event_id, roles=("moderator",)) as one,
            open_client(second, event_id, roles=("moderator",)) as other,
        ):
            await one.do("room.close", {"room": 1})
            await other.do("room.close", {"room": 1})
            with pytest.raises(CommandError) as refused:
                await one.do("room.close", {"room": 1})
            return refused.value

    refused = asyncio.run(scene())

    assert refused.code == "rate.limited"
    assert 0 < refused.words["retry_after"] <= 1


def test_rate_of_a_place_holds_for_everybody_together(server, second, event_id):
    """Five at once may cheer in one place, and one more each second."""
    mood, other = event_id * 1000, event_id * 1000 + 1

    async def cheer(process, person, place):
        async with open_client(process, event_id, person) as client:
            try:
                await client.do("mood.cheer", {"mood": place})
            except CommandError as error:
                return error.code, error.words["retry_after"] > 0
            return "done", False

    async def scene():
        processes = itertools.cycle([server, second])
        return [await cheer(next(processes), person, mood) for person in range(9)], await cheer(server, 1, other)

    answers, elsewhere = asyncio.run(scene())

    assert answers[:5] == [("done", False)] * 5
    assert ("rate.place", True) in answers[5:]
    assert {code for code, _ in answers} == {"done", "rate.place"}
    assert elsewhere == ("done", False)


def test_commands_of_one_tick_reach_the_service_as_one_list(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            calls = [client.do("room.say", {"room": room, "text": str(number)}) for number in range(20)]
            return await asyncio.gather(*calls)

    answers = asyncio.run(scene())

    assert [answer["seq"] for answer in answers] == list(range(1, 21))
    assert max(answer["batch"] for answer in answers) >= 10


def test_command_that_explodes_fails_alone(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as client:
            calls = [client.do("room.say", {"room": room, "text": text}) for text in ("one", "explode", "two")]
            return await asyncio.gather(*calls, return_exceptions=True)

    one, exploded, two = asyncio.run(scene())

    assert exploded.code == "internal"
    assert (one["seq"], two["seq"]) == (1, 2)


def test_retry_is_answered_and_not_repeated_in_any_process(server, second, event_id):
    room = event_id * 1000
    body = {"room": room, "text": "once"}

    async def scene():
        async with open_client(server, event_id) as client:
            first = await client.do("room.say", body, id=f"retry-{event_id}")
        async with open_client(second, event_id) as client:
            again = await client.do("room.say", body, id=f"retry-{event_id}")
        return first, again

    first, again = asyncio.run(scene())

    assert first == again
    assert feature.query("SELECT count(*) FROM live_test_message WHERE event_id = %s", event_id) == [(1,)]


def test_retry_while_the_first_is_under_way_is_answered_with_it(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id) as one, open_client(server, event_id) as other:
            body = {"room": room, "text": "once"}
            return await asyncio.gather(*(c.do("room.say", body, id=f"twin-{event_id}") for c in (one, other)))

    first, again = asyncio.run(scene())

    assert first == again


def test_id_of_another_person_is_another_command(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id, 7) as client:
            return await client.do("room.say", {"room": room, "text": "mine"}, id=f"same-{event_id}")

    assert asyncio.run(scene())["seq"] == 1


MALFORMED = [
    "",
    "{",
    "[]",
    "null",
    "42",
    '"join"',
    "{}",
    '{"t":"dance"}',
    '{"t":"join"}',
    '{"t":"join","topics":[]}',
    '{"t":"join","topics":{"a":-1}}',
    '{"t":"join","topics":{"a":"b"}}',
    '{"t":"join","topics":{},"more":1}',
    '{"t":"leave","topics":{}}',
    '{"t":"do"}',
    '{"t":"do","name":"room.say","body":{},"id":""}',
    '{"t":"do","name":"' + "x" * 61 + '"}',
    "[" * 5000,
    '{"t":"join","topics":' + "{" * 3000,
    json.dumps({"t": "join", "topics": {f"room/{n}": None for n in range(61)}}),
    b"\x00\x01",
]


@pytest.mark.parametrize("frame", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_frame_is_refused_and_the_socket_stays_open(server, event_id, frame):
    async def scene():
        async with open_client(server, event_id) as client:
            await client.socket.send(frame)
            refused = await client.until(lambda message: message["t"] == "error")
            await client.say(t="ping")
            await client.until(lambda message: message["t"] == "pong")
            return refused["code"]

    assert asyncio.run(scene()) == "frame.malformed"


def test_large_frame_is_refused(server, event_id):
    async def scene():
        async with open_client(server, event_id) as client:
            await client.socket.send("x" * 40_000)
            return await client.until(lambda message: message["t"] == "error")

    assert asyncio.run(scene())["code"] == "frame.too_large"


def test_huge_frame_ends_the_socket(server, event_id):
    async def scene():
        async with open_client(server, event_id) as client:
            await client.socket.send("x" * 1_000_000)
            return await client.closed()

    assert asyncio.run(scene()) in (1009, 1006)


def test_flood_is_refused_and_then_ended_while_others_go_on(server, event_id):
    room = event_id * 1000

    async def scene():
        async with open_client(server, event_id, 7) as flood, open_client(server, event_id, 8) as other:
            await other.join({f"room/{room}": None})

            async def pour():
                for _ in range(10_000):
                    await flood.socket.send('{"t":"ping"}')

            pouring = asyncio.create_task(pour())
            code = await flood.closed()
            await asyncio.gather(pouring, return_exceptions=True)
            await thread(feature.say, event_id, room, "calm")
            return code, await hear(other, f"room/{room}", 1)

    code, heard = asyncio.run(scene())

    assert code == CloseCode.FLOOD
    assert heard == [(1, "calm")]
