"""Taking a seat and giving it back by the page's form, and what the agenda says of it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from apps.core import clock
from apps.events.models import Registration
from apps.live.registry import Rate
from apps.tracks.models import Seat, Session
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory
from tests.tracks.seat_doors.held import mine


@pytest.fixture
def address(event, session):
    return reverse("tracks:seat", args=[event.slug, session.slug])


def test_form_takes_a_seat_and_gives_it_back(session, address, attendee, enter):
    client = enter(attendee)
    page = client.post(address, follow=True)
    assert (mine(session, attendee), page.redirect_chain[-1][0]) == ("taken", session.get_absolute_url())
    assert "You have a seat in Reading a gauge." in page.content.decode()
    assert "Give it back" in page.content.decode()

    page = client.post(address, {"do": "give"}, follow=True).content.decode()

    assert mine(session, attendee) == "given_back"
    assert "Your seat is given back." in page
    assert "1 of one seat is free." in page


def test_page_says_who_is_number_what(session, address, attendee, enter):
    SeatFactory(session=session)
    client = enter(attendee)
    assert "Join the waiting list" in client.get(session.get_absolute_url()).content.decode()

    client.post(address)

    page = client.get(session.get_absolute_url()).content.decode()
    assert "You are number 1 on the waiting list" in page
    assert "Take me off the list" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sign_up_opens_at": 1}, "Sign-up is not open yet"),
        ({"sign_up_closes_at": -1}, "Sign-up for this session is closed."),
        ({"capacity": None}, "There is a seat for everybody who asks."),
    ],
)
def test_page_says_how_sign_up_stands(session, attendee, enter, fields, said):
    moments = {
        name: clock.now() + timedelta(hours=value) if isinstance(value, int) else value
        for name, value in fields.items()
    }
    Session.objects.update(**moments)

    assert said in enter(attendee).get(session.get_absolute_url()).content.decode()


def test_refusal_is_said_on_the_page(session, address, attendee, enter):
    Session.objects.update(sign_up_closes_at=clock.now() - timedelta(minutes=1))

    page = enter(attendee).post(address, follow=True).content.decode()

    assert "Sign-up for this session is closed." in page
    assert mine(session, attendee) is None


def test_stranger_is_led_to_registering_and_a_visitor_to_signing_in(address, outsider, visitor, enter):
    assert "/register/" in enter(outsider).post(address).url
    assert "/signin/" in visitor.post(address).url
    assert Seat.objects.count() == 0


def test_session_of_another_event_is_not_found(other_event, session, attendee, enter, event):
    elsewhere = SessionFactory(event=other_event, sign_up=True)

    answer = enter(attendee).post(reverse("tracks:seat", args=[event.slug, elsewhere.slug]))

    assert (answer.status_code, Seat.objects.count()) == (404, 0)


def test_second_seat_at_the_same_time_is_allowed_and_told(event, session, address, attendee, enter):
    SeatFactory(session__event=event, session__title="Dikes", session__starts_at=session.starts_at, user=attendee)

    page = enter(attendee).post(address, follow=True).content.decode()

    assert "At the same time you signed up for Dikes." in page
    assert mine(session, attendee) == "taken"


def test_form_cannot_be_hammered(session, address, attendee, enter, monkeypatch):
    monkeypatch.setattr("apps.tracks.views.seats.RATE", Rate(per_second=0.001, burst=1))
    client = enter(attendee)
    client.post(address)

    page = client.post(address, {"do": "give"}, follow=True).content.decode()

    assert mine(session, attendee) == "taken"
    assert "Your seat is given back." not in page


def test_agenda_offers_a_seat_and_then_says_that_one_has_it(event, session, attendee, enter):
    cache.clear()
    client = enter(attendee)
    agenda = reverse("tracks:agenda", args=[event.slug])
    offered = client.get(agenda)
    assert "Sign up</button>" in offered.content.decode()

    client.post(reverse("tracks:seat", args=[event.slug, session.slug]), {"next": agenda})
    client.get(agenda)  # says it once, and is not kept

    shown = client.get(agenda, headers={"If-None-Match": offered.headers["ETag"]})
    assert shown.status_code == 200
    assert "You have a seat" in shown.content.decode()
    assert "Sign up</button>" not in shown.content.decode()


def test_agenda_of_others_stays_as_it_was(event, session, attendee, enter):
    reader = enter(RegistrationFactory(event=event).user)
    agenda = reverse("tracks:agenda", args=[event.slug])
    reader.get(agenda)  # the first page of a session brings its form's secret
    tag = reader.get(agenda).headers["ETag"]

    enter(attendee).post(reverse("tracks:seat", args=[event.slug, session.slug]))

    assert reader.get(agenda, headers={"If-None-Match": tag}).status_code == 304


def test_agenda_marks_what_the_ticket_does_not_open(event, session, attendee, enter):
    cache.clear()
    opened = SessionFactory(event=event, starts_at=session.starts_at)
    ticket = TicketKindFactory(event=event, opens_programme=False)
    OpeningFactory(ticket=ticket, session=opened)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)

    page = enter(attendee).get(reverse("tracks:agenda", args=[event.slug])).content.decode()

    assert f'id="s{session.pk}" data-lock="Your ticket does not open it"' in page
    assert f'id="s{opened.pk}" data-lock' not in page
    assert "Sign up</button>" not in page
    other = enter(RegistrationFactory(event=event).user).get(reverse("tracks:agenda", args=[event.slug]))
    assert "data-lock" not in other.content.decode()


def test_personal_calendar_holds_the_session_of_a_seat(event, session, attendee, visitor):
    token = Registration.objects.get(event=event, user=attendee).agenda_token
    address = reverse("tracks:personal", args=[event.slug, token, "ics"])
    before = visitor.get(address)
    assert b"Reading a gauge" not in before.content

    SeatFactory(session=session, user=attendee)

    after = visitor.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert b"Reading a gauge" in after.content
