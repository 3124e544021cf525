"""What ends for everybody of an event at once: it is archived, or a door inside it is shut."""

import asyncio

import pytest

from apps.chat import services as chat
from apps.events import permissions
from apps.events import selectors as events
from apps.events import services as of_events
from apps.events.doors.pages import live_meta
from apps.events.models import Event, Registration, TicketKind
from apps.live import outbox, publish, registry
from apps.live.client import Client, CommandError
from apps.live.wire import CloseCode
from apps.polls import services as polls
from apps.tracks import services as tracks
from apps.tracks.models import Session
from apps.tracks.services import exports
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, RegistrationFactory, TicketKindFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory, TrackFactory
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
    before = tracks.openings_of(ticket)
    opening.delete()
    tracks.openings_named(ticket, before)


def move_by_file(session):
    """Into another track, as a schedule says it that is imported."""
    there = TrackFactory(event=session.event)
    known = exports.schedule_of(session.event)
    known.own = False
    tracks.import_schedule(event=session.event, schedule=known)
    schedule = exports.schedule_of(session.event)
    [track] = [part for part in schedule.tracks if part.name == str(there.name)]
    schedule.sessions[0].track, schedule.own = track, False
    assert tracks.import_schedule(event=session.event, schedule=schedule).changes_anything


def say(room, person, text):
    [said] = chat.send_messages([chat.Saying(room.event_id, room.pk, person.pk, frozenset({"attendee"}), text)])
    assert not isinstance(said, Exception), said


def said_in(room, text):
    return lambda message: message["t"] == "log" and message["topic"] == f"chat/{room.pk}" and text in str(message["d"])


async def back(where, ticket, name):
    """The same with the ticket that a socket gave for coming back."""
    async with Client.open(where.ws, ticket) as client:
        return await joined(client, name)


def close_to_all_but_some(ticket):
    TicketKind.objects.filter(pk=ticket.pk).update(opens_programme=False)
    tracks.openings_changed(ticket)


def test_who_is_called_back_meets_the_new_gate(server, second, freshet):
    """Also where a process has just read the old one."""
    reader = RegistrationFactory(event=freshet, user=UserFactory()).user
    session = SessionFactory(event=freshet)
    ticket = TicketKindFactory(event=freshet)
    Registration.objects.filter(user=reader).update(ticket=ticket)
    name = f"session/{session.pk}/stage"

    async def scene():
        async with Client.open(server.ws, (await thread(meta, freshet, reader)).ticket) as client:
            assert await joined(client, name) is None
            assert await enter(second, freshet, reader, name) is None
            await thread(close_to_all_but_some, ticket)
            assert await client.closed() == CloseCode.TICKET
        return [await enter(where, freshet, reader, name) for where in (server, second)]

    assert asyncio.run(scene()) == ["session.ticket"] * 2


@pytest.mark.parametrize("by", ["seat", "ticket", "import"])
def test_who_may_no_longer_be_in_a_session_loses_its_topics_and_nothing_else(server, second, freshet, by):
    """Also where a process has just read the old gate; whoever may stay hears on."""
    reader, seated = (RegistrationFactory(event=freshet, user=UserFactory()).user for _ in range(2))
    session = SessionFactory(event=freshet, track=TrackFactory(event=freshet))
    ticket = TicketKindFactory(event=freshet, opens_programme=by == "seat")
    Registration.objects.filter(user=reader).update(ticket=ticket)
    SeatFactory(session=session, user=seated)
    poll = polls.open_poll(polls.create_poll(event=freshet, session=session, question="Who?", options=["A", "B"]))
    lobby, room = chat.room_for(freshet, "lobby"), chat.room_for(freshet, f"session/{session.pk}")
    inside = [f"session/{session.pk}/stage", f"poll/{poll.pk}/turnout", f"chat/{room.pk}"]
    act = {
        "seat": (turn_sign_up_on, session),
        "ticket": (take_opening_away, OpeningFactory(ticket=ticket, session=session) if by != "import" else None),
        "import": (move_by_file, session),
    }[by]
    if by == "import":
        OpeningFactory(ticket=ticket, track=session.track, session=None)

    async def scene():
        async with (
            Client.open(server.ws, (await thread(meta, freshet, reader)).ticket) as client,
            Client.open(second.ws, (await thread(meta, freshet, seated)).ticket) as stays,
        ):
            for name in [*inside, f"chat/{lobby.pk}"]:
                assert [await joined(one, name) for one in (client, stays)] == [None, None]
            assert await enter(second, freshet, reader, inside[0]) is None
            await thread(*act)
            lost = {}
            while lost.keys() != {*inside}:
                said = await client.until(lambda message: message["t"] == "error")
                lost[said["topic"]] = said["code"]
            await client.until(lambda message: message["t"] == "resume")
            everywhere = [(where, who) for where in (server, second) for who in (reader, seated)]
            again = [await enter(where, freshet, who, inside[0]) for where, who in everywhere]
            await thread(say, room, seated, "still in here")
            await stays.until(said_in(room, "still in here"))
            await thread(say, lobby, seated, "and here")
            await client.until(said_in(lobby, "and here"))
            return [lost[name] for name in inside], again, await back(second, client.resume, inside[0])

    code = "session.seat" if by == "seat" else "session.ticket"
    assert asyncio.run(scene()) == ([code, code, "chat.unknown"], [code, None] * 2, code)
