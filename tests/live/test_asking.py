"""Commands over plain HTTP, for those who cannot have a socket: done as on the socket, once, and only for holders."""

import asyncio
import json
from http.client import HTTPConnection

import pytest

from apps.live import publish
from tests.live import feature
from tests.live.conftest import open_client, ticket


def ask(server, permit, words, *, method="POST", origin=None, body=None):
    http = HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Origin": origin or server.http, "Authorization": f"Ticket {permit}"}
    try:
        http.request(method, "/e/test/feed/do", body=json.dumps(words) if body is None else body, headers=headers)
        response = http.getresponse()
        assert response.getheader("cache-control") == "no-store"
        return response.status, json.loads(response.read())
    finally:
        http.close()


def say(event_id, text, call_id="one"):
    return {"t": "do", "name": "room.say", "id": call_id, "body": {"room": event_id * 1000, "text": text}}


def stored(event_id):
    return feature.query("SELECT count(*) FROM live_test_message WHERE event_id = %s", event_id)[0][0]


def test_command_is_done_and_answered_with_the_socket_s_frame(server, event_id):
    status, answer = ask(server, ticket(event_id), say(event_id, "Hello"))

    assert (status, answer["t"], answer["id"], answer["d"]["seq"]) == (200, "reply", "one", 1)
    assert stored(event_id) == 1


def test_refusal_comes_as_the_socket_s_frame(server, event_id):
    status, answer = ask(server, ticket(event_id), say(event_id, "x" * 41))

    assert status == 200
    assert (answer["t"], answer["code"], answer["field"]) == ("error", "command.too_long", "text")


def test_id_that_the_socket_has_sent_is_answered_here_and_not_done_again(server, second, event_id):
    async def scene():
        async with open_client(server, event_id) as client:
            return await client.do("room.say", {"room": event_id * 1000, "text": "once"}, id=f"both-{event_id}")

    first = asyncio.run(scene())
    _, again = ask(second, ticket(event_id), say(event_id, "once", f"both-{event_id}"))

    assert again["d"] == first
    assert stored(event_id) == 1


@pytest.mark.parametrize(
    ("permit", "words", "status"),
    [
        ("forged", {}, 401),
        ("", {}, 401),
        (None, {"origin": "https://elsewhere.example"}, 403),
        (None, {"method": "GET"}, 405),
        (None, {"body": "x" * 40_000}, 413),
        (None, {"body": "{"}, 400),
        (None, {"body": '{"t":"ping"}'}, 400),
        (None, {"body": b"\xff\xfe"}, 400),
    ],
)
def test_what_is_no_command_of_a_holder_is_refused(server, event_id, permit, words, status):
    held = ticket(event_id) if permit is None else permit

    assert ask(server, held, say(event_id, "no"), **words)[0] == status
    assert stored(event_id) == 0


def test_revoked_person_can_do_nothing(server, event_id):
    publish.revoke(event_id, 7)
    assert publish.outbox.flush()

    assert ask(server, ticket(event_id), say(event_id, "no"))[0] == 401
    assert stored(event_id) == 0


def test_visitor_without_an_account_can_do_nothing(server, event_id):
    assert ask(server, ticket(event_id, None), say(event_id, "no"))[0] == 403


def test_role_and_rate_hold_as_on_the_socket(server, event_id):
    close = {"t": "do", "name": "room.close", "body": {"room": 1}}
    moderator = ticket(event_id, roles=("moderator",))

    assert ask(server, ticket(event_id), close)[1]["code"] == "access.refused"
    answers = [ask(server, moderator, close)[1] for _ in range(4)]
    assert [answer["t"] for answer in answers[:2]] == ["reply", "reply"]
    assert "rate.limited" in [answer.get("code") for answer in answers]
