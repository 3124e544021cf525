"""Who is named where they may not read is not told: neither at once, nor of what they were told before."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Mention, Room
from apps.core import clock
from apps.events import permissions
from apps.events.registry import next_for_you
from apps.tracks import services as tracks
from tests.chat.asking import actor
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.tracks import SeatFactory, SessionFactory


@pytest.fixture
def workshop(event, moderator):
    """A session that people sign up for, and its conversation."""
    tomorrow = clock.now() + timedelta(days=1)
    session = SessionFactory(event=event, sign_up=True, capacity=5, starts_at=tomorrow)
    return session, services.room_for(event, f"session/{session.pk}")


def told_of(event, person):
    roles = permissions.roles_of(person, event)
    titles = [str(entry.title) for entry in next_for_you.of(event, person, roles) if "named you" in str(entry.title)]
    return selectors.mentions(event.pk, person.pk).count, titles


def test_who_has_no_seat_is_not_named_inside(event, workshop, attendee, moderator, say):
    session, room = workshop

    assert say(moderator, "Hello @Nadia Okello", room=room).mentions == []
    assert not Mention.objects.exists()

    SeatFactory(session=session, user=attendee)
    assert [one.id for one in say(moderator, "Hello @Nadia Okello", room=room).mentions] == [attendee.pk]
    assert told_of(event, attendee)[0] == 1


def test_names_are_offered_of_those_who_may_read(event, workshop, attendee, moderator, enter):
    session, room = workshop
    address = reverse("api:chat-people", args=[event.slug, room.pk])
    client = enter(moderator)

    assert client.get(address, {"q": "nadia"}).json()["people"] == []

    SeatFactory(session=session, user=attendee)
    assert [one["id"] for one in client.get(address, {"q": "nadia"}).json()["people"]] == [attendee.pk]


def test_booth_names_nobody_whose_ticket_has_no_expo(event, attendee, moderator, say):
    room = services.room_for(event, "booth/1")
    ticket = TicketKindFactory(event=event, opens_expo=False)
    RegistrationFactory(event=event, user__name="Piet Vermeer", ticket=ticket)

    said = say(moderator, "Hello @Nadia Okello and @Piet Vermeer", room=room)

    assert [one.name for one in said.mentions] == ["Nadia Okello"]


def test_who_loses_the_seat_is_told_nothing_more(event, workshop, attendee, moderator, say, told):
    session, room = workshop
    SeatFactory(session=session, user=attendee)
    say(moderator, "Secret of the workshop, @Nadia Okello", room=room)
    assert told_of(event, attendee)[0] == 1

    with told.after():
        tracks.give_seat_back(session, user=attendee)

    assert told_of(event, attendee) == (0, [])
    assert (event.pk, broadcasts.mentions_topic(attendee.pk)) in told.states
    assert not Mention.objects.filter(seen_at=None).exists()


def test_who_is_named_before_a_door_is_shut_is_told_nothing_more(event, attendee, moderator, say, told):
    session = SessionFactory(event=event, starts_at=clock.now() + timedelta(days=1))
    room = services.room_for(event, f"session/{session.pk}")
    say(moderator, "Hello @Nadia Okello", room=room)

    session.sign_up = True
    session.save()
    with told.after():
        tracks.gate_changed(session, {"sign_up"})

    assert told_of(event, attendee) == (0, [])
    assert (event.pk, broadcasts.mentions_topic(attendee.pk)) in told.states


def test_guard_is_asked_when_telling_whatever_was_noted(event, workshop, attendee, say, moderator):
    _session, room = workshop
    said = say(moderator, "Hello", room=room)
    Mention.objects.create(message_id=said.id, user=attendee)

    assert told_of(event, attendee) == (0, [])


@pytest.mark.parametrize("deed", ["leaves", "is put out"])
def test_who_is_out_of_a_group_has_nothing_new_there(deed, event, attendee, say, told):
    friend = RegistrationFactory(event=event, user__name="Piet Vermeer").user
    group = services.create_group(event, name="Gauge readers", by=attendee, invited=[friend.pk])
    services.answer_invitation(group, user=friend, accept=True)
    room = Room.objects.get(owner=f"group/{group.pk}")
    say(attendee, "Hello @Piet Vermeer", room=room)
    assert told_of(event, friend)[0] == 1

    by = friend if deed == "leaves" else attendee
    with told.after():
        services.leave_group(group, person_id=friend.pk, by=by, roles=frozenset({"attendee"}))

    assert told_of(event, friend) == (0, [])
    assert (event.pk, broadcasts.mentions_topic(friend.pk)) in told.states
    assert not Mention.objects.filter(seen_at=None).exists()


def test_roles_of_many_are_those_of_each(event, attendee, speaker, moderator, organiser, outsider):
    everybody = [attendee, speaker, moderator, organiser, outsider]
    banned = RegistrationFactory(event=event).user
    services.expel(actor(moderator, event), person_id=banned.pk)

    found = permissions.roles_of_many([*everybody, banned], event)

    assert found == {person.pk: permissions.roles_of(person, event) for person in [*everybody, banned]}
    assert found[banned.pk] == frozenset()
