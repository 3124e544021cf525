"""How far people have read, and what is new to them."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chat import selectors, services
from apps.events import permissions
from tests.factories.chat import MessageFactory, RoomFactory


def has_read(room, person, seq):
    return services.HasRead(room.event_id, room.pk, person.pk, permissions.roles_of(person, room.event), seq)


def test_reading_goes_forward_only_and_no_further_than_the_room(room, attendee, speaker, say):
    for _ in range(3):
        say(speaker)

    services.mark_read([has_read(room, attendee, 2)])
    services.mark_read([has_read(room, attendee, 1)])
    assert selectors.read_to(room, attendee.pk) == 2

    services.mark_read([has_read(room, attendee, 10**9)])
    assert selectors.read_to(room, attendee.pk) == 3


def test_unread_counts_what_others_said_since(room, attendee, speaker, say):
    say(speaker)
    services.mark_read([has_read(room, attendee, 1)])
    say(speaker)
    say(attendee)
    gone = say(speaker)
    services.remove_message(
        event_id=room.event_id,
        room_id=room.pk,
        message_id=gone.id,
        user_id=speaker.pk,
        roles=frozenset({"speaker"}),
    )

    assert selectors.unread_in([room.pk], attendee.pk) == {room.pk: 1}


def test_counting_stops_at_a_hundred(room, attendee):
    for number in range(1, 121):
        MessageFactory(room=room, seq=number)
    services.mark_read([has_read(room, attendee, 0)])

    assert selectors.unread_in([room.pk], attendee.pk) == {room.pk: 100}


def test_reading_lets_go_of_mentions(room, attendee, speaker, say, told):
    said = say(speaker, "Hello @Nadia Okello")

    with told.after():
        services.mark_read([has_read(room, attendee, said.seq)])

    assert selectors.mentions(room.event_id, attendee.pk).count == 0
    assert (room.event_id, f"person/{attendee.pk}/mentions") in told.states


def test_stranger_reads_nothing(room, outsider, say, attendee):
    say(attendee)

    [refused] = services.mark_read([has_read(room, outsider, 1)])

    assert refused.code == "chat.unknown"


def test_who_is_banned_is_asked_once_for_all_rooms_of_an_event(room, attendee):
    rooms = [room, *RoomFactory.create_batch(2, event=room.event)]
    readings = [has_read(one, attendee, 0) for one in rooms]

    with CaptureQueriesContext(connection) as asked:
        services.mark_read(readings)

    assert len([one for one in asked if "chat_sanction" in one["sql"]]) == 1
