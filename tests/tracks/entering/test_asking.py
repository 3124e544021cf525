"""How often it is asked who may go into a session, and for how long an answer is kept."""

import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.chat import services as chats
from apps.live.registry import Who
from apps.tracks import selectors, services
from apps.tracks.selectors import entering
from tests.factories.accounts import UserFactory
from tests.factories.tracks import SeatFactory, SessionFactory
from tests.tracks.entering.doors import as_who, may_hear


def test_yes_is_kept_for_an_epoch_only(event, attendee):
    """Whoever gives their seat back has another epoch, and is asked for anew at once."""
    session = SessionFactory(event=event, sign_up=True)
    seat = SeatFactory(session=session, user=attendee)
    name = f"session/{session.pk}/stage"
    assert may_hear(as_who(attendee, event), name)

    services.give_seat_back(session, user=attendee)

    assert seat.session.seats.taken().count() == 0
    later = Who(attendee.pk, event.pk, "", frozenset({"attendee"}), 8)
    assert not may_hear(later, name)


def test_session_without_sign_up_costs_nothing_once_it_is_known(event, django_assert_num_queries):
    session = SessionFactory(event=event)
    people = {user.pk: frozenset({"attendee"}) for user in UserFactory.create_batch(3)}
    selectors.shut_out(event.pk, session.pk, people)

    with django_assert_num_queries(0):
        assert selectors.shut_out(event.pk, session.pk, people) == {}


def test_many_people_are_asked_for_together(event, django_assert_num_queries):
    session = SessionFactory(event=event, sign_up=True)
    seats = SeatFactory.create_batch(3, session=session)
    late = UserFactory()
    people = {user.pk: frozenset({"attendee"}) for user in (late, *(seat.user for seat in seats))}
    selectors.gate_of(event.pk, session.pk)

    with django_assert_num_queries(1):
        assert selectors.shut_out(event.pk, session.pk, people).keys() == {late.pk}


def of_seats(asked):
    return len([one for one in asked if 'FROM "tracks_seat"' in one["sql"]])


def test_conversation_asks_for_all_who_write_together(event):
    session = SessionFactory(event=event, sign_up=True)
    room = chats.room_for(event, f"session/{session.pk}")
    people = [*(seat.user for seat in SeatFactory.create_batch(3, session=session)), UserFactory()]
    sayings = [chats.Saying(event.pk, room.pk, one.pk, frozenset({"attendee"}), "Good morning") for one in people]

    with CaptureQueriesContext(connection) as asked:
        said = chats.send_messages(sayings)

    assert [getattr(one, "code", None) for one in said] == [None, None, None, "chat.unknown"]
    assert of_seats(asked) == 1


def test_page_asks_once_for_all_topics_of_its_conversation(event, attendee):
    session = SessionFactory(event=event, sign_up=True)
    SeatFactory(session=session, user=attendee)
    room = chats.room_for(event, f"session/{session.pk}").pk
    who = as_who(attendee, event)

    with CaptureQueriesContext(connection) as asked:
        names = [f"chat/{room}", f"chat/{room}/pace", f"chat/{room}/marks", f"reactions/{room}"]
        assert all(may_hear(who, name) for name in names)

    assert of_seats(asked) == 1


def test_gate_is_read_anew_after_a_moment(event, monkeypatch):
    session = SessionFactory(event=event)
    assert not selectors.gate_of(event.pk, session.pk).needs_seat
    type(session).objects.update(sign_up=True)
    assert not selectors.gate_of(event.pk, session.pk).needs_seat

    later = time.monotonic() + 3
    monkeypatch.setattr("apps.tracks.selectors.entering.time.monotonic", lambda: later)

    assert selectors.gate_of(event.pk, session.pk).needs_seat


def test_gate_that_was_being_read_while_it_changed_is_not_kept(event, monkeypatch):
    session = SessionFactory(event=event)
    read = entering._read_gate

    def meanwhile(*words):
        found = read(*words)
        type(session).objects.update(sign_up=True)
        selectors.forget_gates(event.pk)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(entering, "_read_gate", meanwhile)
        assert not selectors.gate_of(event.pk, session.pk).needs_seat

    assert selectors.gate_of(event.pk, session.pk).needs_seat
