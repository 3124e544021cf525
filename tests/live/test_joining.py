"""Who may hear what: the ticket, the coarse rule, the guard, and the revocation."""

import asyncio

import pytest
from django.core import signing
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from apps.live import publish, tickets
from apps.live.client import Client, CommandError
from apps.live.wire import PROTOCOL, CloseCode
from tests.live import feature
from tests.live.conftest import open_client, said, thread, ticket


def refusal(server, event_id, topic, **who):
    async def scene():
        async with open_client(server, event_id, **who) as client:
            with pytest.raises(CommandError) as refused:
                await client.join({topic: None})
            # The socket stays open.
            await client.say(t="ping")
            await client.until(lambda message: message["t"] == "pong")
            return refused.value.code

    return asyncio.run(scene())


def test_topic_of_another_event_is_refused_as_if_it_did_not_exist(server, event_id):
    theirs = (event_id + 50_000) * 1000

    assert refusal(server, event_id, f"room/{theirs}") == "not_found"


def test_guard_hears_who_asks(server, event_id):
    assert refusal(server, event_id, "person/8", user_id=7) == "not_found"


def test_topic_of_moderators_is_refused_to_attendees(server, event_id):
    assert refusal(server, event_id, f"desk/{event_id * 1000}") == "access.refused"


def test_visitor_is_refused_what_is_for_attendees(server, event_id):
    assert refusal(server, event_id, f"room/{event_id * 1000}", user_id=None, roles=()) == "access.refused"


@pytest.mark.parametrize("topic", ["nothing", "room/x", "room/01", "room/-1", "room/1/more", "../room/1", "", "x" * 80])
def test_unknown_topic_is_refused(server, event_id, topic):
    assert refusal(server, event_id, topic) == "topic.unknown"


def test_visitor_may_hear_what_is_public(server, event_id):
    topic = f"tally/{event_id * 1000}"

    async def scene():
        async with open_client(server, event_id, None, roles=()) as client:
            await client.join({topic: None})
            return (await client.until(lambda message: message["t"] == "state"))["d"]

    assert asyncio.run(scene()) == {"votes": 0}


def test_refusal_speaks_the_language_of_the_page(server, event_id):
    async def scene():
        async with Client.open(server.ws, tickets.issue(**words)) as client:
            with pytest.raises(CommandError) as refused:
                await client.join({"nothing": None})
            return refused.value.words["message"]

    words = {"event_id": event_id, "user_id": 7, "name": "", "roles": [], "epoch": 1}

    assert asyncio.run(scene()) == "This does not exist, or not any more. Reload the page."


def close_code(server, *protocols, origin=None):
    async def scene():
        own = origin or server.http
        async with connect(server.ws, subprotocols=protocols or None, origin=own, compression=None) as socket:
            await socket.wait_closed()
            return socket.close_code

    return asyncio.run(scene())


def test_forged_ticket_is_refused(server, event_id):
    assert close_code(server, PROTOCOL, ticket(event_id)[:-1] + "x") == CloseCode.TICKET


def test_old_ticket_is_refused(server, event_id, monkeypatch):
    monkeypatch.setattr(signing.time, "time", lambda: 1_700_000_000)

    assert close_code(server, PROTOCOL, ticket(event_id)) == CloseCode.TICKET


def test_audience_token_opens_no_socket(server, event_id):
    token = tickets.issue_audience(event_id=event_id, roles=["attendee"], epoch=1)

    assert close_code(server, PROTOCOL, token) == CloseCode.TICKET


def test_other_protocol_is_told_to_reload(server, event_id):
    assert close_code(server, "plenary.0", ticket(event_id)) == CloseCode.PROTOCOL


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_page_of_another_site_gets_no_socket(server, event_id, origin):
    with pytest.raises(InvalidStatus) as refused:
        close_code(server, PROTOCOL, ticket(event_id), origin=origin)

    assert refused.value.response.status_code == 403


def test_revoked_person_is_put_out_of_every_process(server, second, event_id):
    room = event_id * 1000

    async def scene():
        async with (
            open_client(server, event_id, 7) as here,
            open_client(second, event_id, 7) as there,
            open_client(second, event_id, 8) as other,
        ):
            await other.join({f"room/{room}": None})
            for client in (here, there):
                await client.join({f"room/{room}": None})
            await thread(publish.revoke, event_id, 7)
            codes = [await here.closed(), await there.closed()]
            await thread(feature.say, event_id, room, "still here")
            await other.until(said(f"room/{room}", "still here"))
            return codes

    assert asyncio.run(scene()) == [CloseCode.TICKET] * 2


def test_ticket_from_before_the_revocation_opens_no_socket(server, event_id):
    """Also where the process had not one socket of the event when it happened."""
    publish.revoke(event_id, 7)
    assert publish.outbox.flush()

    assert close_code(server, PROTOCOL, ticket(event_id, 7, epoch=1)) == CloseCode.TICKET


def test_ticket_from_after_the_revocation_opens_one(server, event_id):
    publish.revoke(event_id, 7)
    assert publish.outbox.flush()

    async def scene():
        async with open_client(server, event_id, 7, epoch=1000) as client:
            return await client.until(lambda message: message["t"] == "hello")

    assert asyncio.run(scene())["t"] == "hello"
