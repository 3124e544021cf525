"""Seats of sessions that people sign up for: counted, waited for in order, given back, one mail each."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.events import services as events
from apps.events.models import Registration
from apps.notifications.models import OwedMail
from apps.tracks import selectors, services
from apps.tracks.models import Seat, Session
from tests.factories.accounts import UserFactory
from tests.factories.events import EventRoleFactory, RegistrationFactory, TicketKindFactory
from tests.factories.tracks import (
    OpeningFactory,
    RoomFactory,
    SeatFactory,
    SessionFactory,
    SessionSpeakerFactory,
    TrackFactory,
)
from tests.threads import at_once

State = Seat.State
ATTENDS = frozenset({"attendee"})


@pytest.fixture
def session(event):
    """Two seats, for tomorrow."""
    starts = clock.now() + timedelta(days=1)
    return SessionFactory(event=event, sign_up=True, capacity=2, starts_at=starts, ends_at=starts + timedelta(hours=1))


@pytest.fixture
def people(event):
    names = ("ada", "ben", "cleo", "dan")
    return [RegistrationFactory(event=event, user__email=f"{name}@example.org").user for name in names]


def take(session, *people):
    return [services.take_seat(session, user=person, roles=ATTENDS) for person in people]


def states(session):
    return dict(session.seats.values_list("user__email", "state"))


def told():
    return [(mail.kind, mail.to) for mail in OwedMail.objects.order_by("pk")]


def test_seat_is_taken_while_there_is_one_then_people_wait_in_turn(session, people):
    seats = take(session, *people)

    assert [seat.state for seat in seats] == [State.TAKEN, State.TAKEN, State.WAITING, State.WAITING]
    assert [selectors.place_in_row(seat) for seat in seats[2:]] == [1, 2]
    assert [kind for kind, _to in told()] == ["seat_taken", "seat_taken", "seat_awaited", "seat_awaited"]
    assert "number 2" in OwedMail.objects.get(to="dan@example.org").text


def test_taking_twice_is_taking_once(session, people):
    first, again = take(session, people[0], people[0])

    assert (first.pk, Seat.objects.count(), len(told())) == (again.pk, 1, 1)


def test_unlimited_session_has_a_seat_for_everybody(session, people):
    Session.objects.update(capacity=None)
    session.refresh_from_db()

    assert {seat.state for seat in take(session, *people)} == {State.TAKEN}


def test_seat_given_back_goes_to_who_waits_longest(session, people):
    take(session, *people)

    assert services.give_seat_back(session, user=people[0])

    assert states(session) == {
        "ada@example.org": "given_back",
        "ben@example.org": "taken",
        "cleo@example.org": "taken",
        "dan@example.org": "waiting",
    }
    assert told()[-1] == ("seat_moved_up", "cleo@example.org")
    assert not services.give_seat_back(session, user=people[0])


def test_giving_back_ends_what_is_open(session, people, event):
    take(session, people[0])
    event.refresh_from_db()
    before = event.live_epoch

    services.give_seat_back(session, user=people[0])

    event.refresh_from_db()
    assert event.live_epoch == before + 1


def test_who_leaves_the_row_moves_nobody_and_joins_at_its_end(session, people):
    take(session, *people)

    assert services.give_seat_back(session, user=people[2])
    [again] = take(session, people[2])

    assert (again.state, selectors.place_in_row(again)) == (State.WAITING, 2)


def test_newcomer_does_not_overtake_who_waits(session, people):
    take(session, *people[:3])
    Session.objects.update(capacity=3)  # nobody has moved up yet
    session.refresh_from_db()

    assert take(session, people[3])[0].state == State.WAITING


def test_more_seats_go_to_who_waits(session, people):
    take(session, *people)
    Session.objects.update(capacity=3)

    assert services.move_seats_up(session) == 1
    assert states(session)["cleo@example.org"] == "taken"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"sign_up": False}, "seat.not_needed"),
        ({"state": "cancelled"}, "seat.cancelled"),
        ({"state": "withdrawn"}, "session.withdrawn"),
        ({"sign_up_opens_at": timedelta(hours=1)}, "seat.early"),
        ({"sign_up_closes_at": timedelta(hours=-1)}, "seat.closed"),
        ({"starts_at": timedelta(hours=-3), "ends_at": timedelta(hours=-2)}, "seat.over"),
    ],
)
def test_seat_is_refused_where_sign_up_is_not_open(session, people, fields, code):
    now = clock.now()
    for name, value in fields.items():
        setattr(session, name, now + value if isinstance(value, timedelta) else value)
    session.save()

    with pytest.raises(Refused) as refused:
        take(session, people[0])

    assert (refused.value.code, Seat.objects.count()) == (code, 0)


def test_organiser_gives_a_seat_past_the_row_and_outside_of_hours(session, people, organiser):
    take(session, *people[:3])
    Session.objects.update(capacity=3, sign_up_closes_at=clock.now() - timedelta(hours=1))
    session.refresh_from_db()

    seat = services.take_seat(session, user=people[3], roles=ATTENDS, by=organiser)

    assert (seat.state, seat.by) == (State.TAKEN, organiser)
    with pytest.raises(Refused) as refused:
        services.take_seat(session, user=people[2], roles=ATTENDS, by=organiser)
    assert refused.value.code == "seat.full"
    assert states(session)["cleo@example.org"] == "waiting"


def test_organiser_moves_one_of_those_who_wait_up(session, people, organiser):
    take(session, *people[:3])
    Session.objects.update(capacity=3)
    session.refresh_from_db()

    services.take_seat(session, user=people[2], roles=ATTENDS, by=organiser)

    assert states(session)["cleo@example.org"] == "taken"
    assert told()[-1] == ("seat_taken", "cleo@example.org")


def test_cancelled_place_in_the_event_frees_the_seat(session, people, event):
    take(session, *people[:3])

    events.cancel_registration(Registration.objects.get(event=event, user=people[0]))

    assert states(session) == {
        "ada@example.org": "given_back", "ben@example.org": "taken", "cleo@example.org": "taken",
    }  # fmt: skip


def test_seat_stays_with_who_still_has_a_role(session, people, event):
    EventRoleFactory(event=event, user=people[0])
    take(session, people[0])

    events.cancel_registration(Registration.objects.get(event=event, user=people[0]))

    assert states(session) == {"ada@example.org": "taken"}


def test_ban_frees_the_seat_and_the_banned_do_not_move_up(session, people, event, moderator):
    take(session, *people)

    events.ban(event, user=people[2], by=moderator)
    events.ban(event, user=people[0], by=moderator)

    assert states(session) == {
        "ada@example.org": "given_back",
        "ben@example.org": "taken",
        "cleo@example.org": "given_back",
        "dan@example.org": "taken",
    }


def test_round_moves_up_after_an_account_was_deleted(session, people):
    take(session, *people[:3])
    people[0].delete()

    assert (services.do_round(), services.do_round()) == (1, 0)
    assert states(session) == {"ben@example.org": "taken", "cleo@example.org": "taken"}


def test_round_frees_seats_of_people_who_are_gone(session, event, people):
    stranger = UserFactory()
    SeatFactory(session=session, user=stranger)

    services.do_round()

    assert states(session) == {stranger.email: "given_back"}


def test_other_seats_at_the_same_time_are_told(session, people, event):
    other = SessionFactory(
        event=event, sign_up=True, starts_at=session.starts_at + timedelta(minutes=30), ends_at=session.ends_at
    )
    take(session, people[0])
    take(other, people[0])

    assert selectors.overlapping_seats(other, people[0]) == [session]
    assert selectors.overlapping_seats(other, people[1]) == []


def test_seat_stands_on_the_own_agenda_like_a_star(session, people, event):
    take(session, people[0])

    assert selectors.chosen_ids(event, people[0]) == {session.pk}
    [chosen] = selectors.starred_sessions(event, people[0])
    assert (chosen, chosen.has_star) == (session, False)


def test_place_in_the_row_is_not_on_the_agenda(session, people, event):
    take(session, *people[:3])

    assert selectors.chosen_ids(event, people[2]) == frozenset()
    assert selectors.choices_of(event, people[2]) == {(session.pk, "waiting")}


@pytest.mark.django_db(transaction=True)
def test_two_people_never_share_the_last_seat(session, people):
    Session.objects.update(capacity=1)
    session.refresh_from_db()

    found = at_once(lambda person: take(session, person)[0].state, people)

    assert sorted(found) == ["taken", "waiting", "waiting", "waiting"]
    assert sorted(selectors.place_in_row(seat) for seat in Seat.objects.waiting()) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_seats_given_back_and_taken_at_once_are_never_too_many(session, people):
    take(session, *people)

    def act(number):
        person = people[number % 4]
        if number % 2:
            services.give_seat_back(session, user=person)
        else:
            take(session, person)

    at_once(act, range(24), most=6)

    taken = Seat.objects.taken().count()
    assert taken == min(2, Seat.objects.standing().count())


@pytest.fixture
def limited(session, people, event):
    """The ticket that Cleo, who is first in the row, has, and that does not open the session any more."""
    take(session, *people)
    ticket = TicketKindFactory(event=event, opens_programme=False)
    Registration.objects.filter(user=people[2]).update(ticket=ticket)
    return ticket


def test_row_passes_over_whose_ticket_does_not_open_the_session(session, people, limited):
    services.give_seat_back(session, user=people[0])

    assert [states(session)[f"{name}@example.org"] for name in ("cleo", "dan")] == ["waiting", "taken"]


@pytest.mark.parametrize("by", ["session", "track", "speaker", "role"])
def test_row_moves_whoever_may_go_in_with_any_ticket(session, people, limited, event, by):
    if by in ("session", "track"):
        session.track = TrackFactory(event=event)
        session.save()
        OpeningFactory(ticket=limited, **{by: session.track if by == "track" else session})
    elif by == "speaker":
        SessionSpeakerFactory(session=session, speaker__user=people[2])
    else:
        EventRoleFactory(event=event, user=people[2], role="moderator")

    services.give_seat_back(session, user=people[0])

    assert states(session)["cleo@example.org"] == "taken"


def test_row_passes_over_a_closed_account(session, people):
    take(session, *people)
    User.objects.filter(pk=people[2].pk).update(is_active=False)

    services.give_seat_back(session, user=people[0])

    assert states(session)["dan@example.org"] == "taken"


def test_round_takes_back_what_a_ticket_no_longer_opens_and_tells(session, people, limited):
    Registration.objects.filter(user=people[0]).update(ticket=limited)
    User.objects.filter(pk=people[1].pk).update(is_active=False)

    services.do_round()

    assert [states(session)[person.email] for person in people] == ["given_back", "given_back", "given_back", "taken"]
    assert [to for kind, to in told() if kind == "seat_lost"] == [people[0].email]


def test_locks_are_taken_event_first(session, people, event):
    """Whoever moves a session, or gives a seat back, would else wait for one who saves it, and they for them."""
    take(session, *people)
    place = selectors.Spot(session.room_id, session.starts_at, session.ends_at, session.state)
    room = RoomFactory(event=event)
    moves = [
        lambda: services.give_seat_back(session, user=people[3]),
        lambda: services.give_seat_back(session, user=people[0]),
        lambda: services.place_session(
            event, session_id=session.pk, seen=place, room_id=room.pk,
            starts_at=session.starts_at, ends_at=session.ends_at,
        ),
    ]  # fmt: skip
    for move in moves:
        with CaptureQueriesContext(connection) as asked:
            move()
        held = [one["sql"] for one in asked if "FOR NO KEY UPDATE" in one["sql"] or one["sql"].startswith("UPDATE")]
        assert 'FROM "events_event"' in held[0]


@pytest.mark.django_db
def test_who_takes_a_seat_holds_the_session_and_not_its_room(session):
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        services.seating.hold(session)
    assert "tracks_room" not in asked[-1]["sql"]
    assert "FOR NO KEY UPDATE" in asked[-1]["sql"]
