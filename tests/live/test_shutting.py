"""What ends for everybody of an event at once: it is archived, or a door inside it is shut."""

import asyncio

import pytest

from apps.chat import services as chat
from apps.events import permissions
from apps.events import selectors as events
from apps.events import services as of_events
from apps.events.doors.pages import live_meta
from apps.events.models import Event, Registration
from apps.live import outbox, publish, registry
from apps.live.client import Client, CommandError
from apps.live.wire import CloseCode
from apps.tracks import services as tracks
from apps.tracks.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory, TicketKindFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory
from tests.live import feature
from tests.live.conftest import open_client, said, thread
from tests.live.test_feed import get
from tests.live.test_joining import close_code
from tests.live.test_joining import ticket as ticket_of


def test_everybody_of_an_event_is_put_out_of_every_process(server, second, event_id):
    elsewhere = event_id + 70_000
    room = f"room/{elsewhere * 1000}"

    async def scene():
        async with (
            open_client(server, event_id, 7) as here,
            open_client(second, event_id, 8) as there,
            open_client(second, event_id, None, roles=()) as visitor,
            open_client(server, elsewhere, 7) as other,
        ):
            await other.join({room: None})
            await thread(publish.revoke_all, event_id)
            codes = [await client.closed() for client in (here, there, visitor)]
            await thread(feature.say, elsewhere, elsewhere * 1000, "still here")
            await other.until(said(room, "still here"))
            return codes

    assert asyncio.run(scene()) == [CloseCode.TICKET] * 3


@pytest.mark.parametrize("user_id", [7, None])
def test_ticket_from_before_everybody_was_revoked_opens_no_socket(server, event_id, user_id):
    publish.revoke_all(event_id)
    assert outbox.flush()

    assert close_code(server, "plenary.1", ticket_of(event_id, user_id, epoch=1)) == CloseCode.TICKET


# The whole way


@pytest.fixture
def freshet(live):
    registry.keep_epochs(of_events.raise_live_epoch, events.live_epoch)
    return EventFactory(slug="test")


def meta(event, user):
    event.refresh_from_db()
    return live_meta(event, user, permissions.roles_of(user, event))


async def joined(client, name):
    """The code with which it was refused; None where it was opened."""
    try:
        await client.join({name: None})
    except CommandError as refused:
        return refused.code
    return None


async def enter(where, event, user, name):
    async with Client.open(where.ws, (await thread(meta, event, user)).ticket) as client:
        return await joined(client, name)


def test_nobody_goes_on_talking_in_an_archive(server, freshet):
    reader = RegistrationFactory(event=freshet, user=UserFactory()).user
    room = chat.room_for(freshet, "lobby")
    Event.objects.filter(pk=freshet.pk).update(state=Event.State.ENDED)
    before = meta(freshet, reader)

    async def scene():
        async with Client.open(server.ws, before.ticket) as client:
            await client.join({f"chat/{room.pk}": None})
            await thread(of_events.archive_event, freshet)
            return await client.closed()

    assert asyncio.run(scene()) == CloseCode.TICKET
    assert close_code(server, "plenary.1", before.ticket) == CloseCode.TICKET
    assert get(server, f"{before.feed}chat/{room.pk}/head")[0] == 410


def turn_sign_up_on(session):
    Session.objects.filter(pk=session.pk).update(sign_up=True)
    session.refresh_from_db()
    tracks.gate_changed(session, ["sign_up"])


def take_opening_away(opening):
    ticket = opening.ticket
    opening.delete()
    tracks.openings_changed(ticket)


@pytest.mark.parametrize("by", ["seat", "ticket"])
def test_who_is_called_back_meets_the_new_gate(server, second, freshet, by):
    """Also where a process has just read the old one."""
    reader, seated = (RegistrationFactory(event=freshet, user=UserFactory()).user for _ in range(2))
    session = SessionFactory(event=freshet)
    ticket = TicketKindFactory(event=freshet, opens_programme=by == "seat")
    opening = OpeningFactory(ticket=ticket, session=session)
    Registration.objects.filter(user=reader).update(ticket=ticket)
    SeatFactory(session=session, user=seated)
    name = f"session/{session.pk}/stage"

    async def scene():
        async with Client.open(server.ws, (await thread(meta, freshet, reader)).ticket) as client:
            assert await joined(client, name) is None
            assert await enter(second, freshet, reader, name) is None
            await thread(*((turn_sign_up_on, session) if by == "seat" else (take_opening_away, opening)))
            assert await client.closed() == CloseCode.TICKET
        return [await enter(where, freshet, who, name) for where in (server, second) for who in (reader, seated)]

    assert asyncio.run(scene()) == [f"session.{by}", None] * 2
