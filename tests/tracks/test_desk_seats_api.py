"""Seats given and taken by call, for those who run the event."""

import pytest

from apps.core import clock
from apps.tracks.models import Seat
from tests.factories.events import RegistrationFactory
from tests.factories.tracks import SeatFactory, SessionFactory

JSON = "application/json"


@pytest.fixture
def client(organiser, enter):
    return enter(organiser)


@pytest.fixture
def session(event):
    return SessionFactory(event=event, slug="workshop", sign_up=True, capacity=1)


SEATS = "/api/v1/events/freshet/desk/sessions/workshop/seats/"


def test_seat_is_given_past_those_who_wait(client, session, attendee, organiser):
    SeatFactory(session=session, state="waiting", waiting_since=clock.now())
    answer = client.post(SEATS, {"person": attendee.pk}, content_type=JSON)
    told = answer.json()
    assert (answer.status_code, told["person"], told["state"], told["by"]) == (
        *(201, attendee.pk, "taken"),
        organiser.email,
    )


def test_full_session_has_no_seat_to_give(client, session, event, attendee):
    SeatFactory(session=session)
    refused = client.post(SEATS, {"person": attendee.pk}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "seat.full")


def test_stranger_gets_no_seat(client, session, outsider):
    refused = client.post(SEATS, {"person": outsider.pk}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (400, "seat.person_unknown")
    assert not Seat.objects.exists()


def test_seat_is_taken_back_and_goes_to_who_waits(client, event, session, attendee):
    SeatFactory(session=session, user=attendee)
    waiting = SeatFactory(
        session=session, user=RegistrationFactory(event=event).user, state="waiting", waiting_since=clock.now()
    )
    for _time in range(2):
        assert client.delete(f"{SEATS}{attendee.pk}/").status_code == 204
    waiting.refresh_from_db()
    assert waiting.state == "taken"


def test_list_is_narrowed_by_state(client, session, event):
    SeatFactory(session=session, user=RegistrationFactory(event=event).user)
    SeatFactory(session=session, user=RegistrationFactory(event=event).user, state="waiting", waiting_since=clock.now())
    assert [len(client.get(SEATS, asked).json()["results"]) for asked in ({}, {"state": "waiting"})] == [2, 1]


def test_session_of_another_event_is_not_there(client, other_event, event):
    SeatFactory(session=SessionFactory(event=other_event, slug="workshop", sign_up=True))
    assert client.get(SEATS).status_code == 404
    assert client.post(SEATS, {"person": 1}, content_type=JSON).status_code == 404


def test_moderator_gives_no_seats(moderator, session, enter, attendee):
    assert enter(moderator).post(SEATS, {"person": attendee.pk}, content_type=JSON).status_code == 403
