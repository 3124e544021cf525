"""Taking a seat and giving it back: by the page's form, over REST, from the agenda, and at the desk."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from apps.chat import services as chats
from apps.core import clock
from apps.events.models import Registration
from apps.live.registry import Rate
from apps.notifications.models import OwedMail
from apps.tracks import selectors, services
from apps.tracks.models import Opening, Seat, Session
from apps.tracks.services import opening
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory, TrackFactory


@pytest.fixture
def session(event):
    starts = clock.now() + timedelta(hours=2)
    return SessionFactory(
        event=event, title="Reading a gauge", sign_up=True, capacity=1, starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
def address(event, session):
    return reverse("tracks:seat", args=[event.slug, session.slug])


@pytest.fixture
def api(event, session):
    return reverse("api:agenda-seat", args=[event.slug, session.slug])


def mine(session, person):
    return session.seats.filter(user=person).values_list("state", flat=True).first()


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
    assert "You are number 1 in the row" in page
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


def test_api_takes_tells_and_gives_back(session, api, attendee, enter):
    SeatFactory(session=session)
    client = enter(attendee)

    taken = client.post(api).json()
    assert taken == {
        "sign_up": "open", "seats": 1, "left": 0, "waiting": 1, "mine": "waiting", "number": 1, "clashes": [],
    }  # fmt: skip
    assert client.get(api).json() == taken

    given = client.delete(api).json()
    assert (given["mine"], given["waiting"], given["number"]) == ("none", 0, None)


def test_api_call_that_is_sent_again_is_answered_and_not_done_again(session, api, attendee, enter):
    client = enter(attendee)
    first = client.post(api, headers={"Idempotency-Key": "seat-1"})
    client.delete(api)

    again = client.post(api, headers={"Idempotency-Key": "seat-1"})

    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert mine(session, attendee) == "given_back"


def test_api_refuses_with_its_code(event, session, api, attendee, outsider, enter):
    Session.objects.update(sign_up=False)
    refused = enter(attendee).post(api)
    assert (refused.status_code, refused.json()["code"]) == (409, "seat.not_needed")
    assert enter(outsider).post(api).status_code == 403


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


# At the desk --------------------------------------------------------------------------------------------------------
def test_desk_gives_a_seat_to_somebody_of_the_event(session, organiser, attendee, enter):
    client = enter(organiser)
    client.post(reverse("admin:tracks_seat_add"), {"session": session.pk, "email": attendee.email.upper()})

    seat = session.seats.get()
    assert (seat.user, seat.state, seat.by) == (attendee, "taken", organiser)


def test_desk_gives_none_to_a_stranger(session, organiser, outsider, enter):
    page = enter(organiser).post(reverse("admin:tracks_seat_add"), {"session": session.pk, "email": outsider.email})

    assert "Nobody with this address takes part in the event." in page.content.decode()
    assert Seat.objects.count() == 0


def test_desk_gives_none_in_another_organisations_session(session, other_organiser, attendee, enter):
    enter(other_organiser).post(reverse("admin:tracks_seat_add"), {"session": session.pk, "email": attendee.email})

    assert Seat.objects.count() == 0


def test_desk_takes_seats_back_and_exports_them(session, organiser, attendee, enter):
    seat = SeatFactory(session=session, user=attendee)
    waits = SeatFactory(
        session=session, user=RegistrationFactory(event=session.event).user, state="waiting", waiting_since=clock.now()
    )
    client, address = enter(organiser), reverse("admin:tracks_seat_changelist")
    table = client.post(address, {"action": "export_csv", "_selected_action": [seat.pk, waits.pk]})
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Reading a gauge", "Reading a gauge"]
    assert lines[-1].endswith(",1")

    wish = {"action": "take_away", "_selected_action": [seat.pk]}
    client.post(address, wish)
    assert mine(session, seat.user) == "taken"

    client.post(address, wish | {"confirmed": "1"})

    assert [mine(session, seat.user), mine(session, waits.user)] == ["given_back", "taken"]
    assert OwedMail.objects.get(kind="seat_moved_up").to == waits.user.email
    assert OwedMail.objects.get(kind="seat_lost").to == seat.user.email


def test_desk_says_when_it_takes_back_only_some(session, organiser, enter, monkeypatch):
    monkeypatch.setattr("apps.tracks.admin.seats.AT_ONCE", 1)
    seats = SeatFactory.create_batch(2, session=session)
    address = reverse("admin:tracks_seat_changelist")

    page = enter(organiser).post(
        address, {"action": "take_away", "_selected_action": [seat.pk for seat in seats], "confirmed": "1"}, follow=True
    )

    assert "Only the first 1 were done" in page.content.decode()
    assert session.seats.taken().count() == 1


def save_session(client, session, **changes):
    """The form of the desk, sent as it is shown, with these changes."""
    address = reverse("admin:tracks_session_change", args=[session.pk])
    form = client.get(address).context["adminform"].form
    fields = {name: form.initial.get(name) for name in form.fields}
    given = {name: value for name, value in fields.items() if value is not None and name not in ("tags", "video")}
    for name in ("starts_at", "ends_at"):
        moment = given.pop(name)
        given |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M:%S}"}
    texts = {name: given.pop(name) for name in ("title", "subtitle", "abstract", "description") if name in given}
    given |= {f"{name}_0": str(value) for name, value in texts.items()}
    given |= {"sign_up": "on"} | changes
    for prefix in ("session_speakers", "links"):
        given |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}

    answer = client.post(address, given)

    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_more_seats_at_the_desk_move_the_row_up(session, organiser, attendee, enter):
    SeatFactory(session=session)
    SeatFactory(session=session, user=attendee, state="waiting", waiting_since=clock.now())

    save_session(enter(organiser), session, capacity=2)

    assert mine(session, attendee) == "taken"


@pytest.fixture
def asked(monkeypatch):
    """The places that were asked about again."""
    found = []
    monkeypatch.setattr("apps.live.publish.ask_again", lambda event_id, places: found.append({*places}))
    return found


def test_session_that_is_saved_asks_again_where_its_door_is_shut_alone(event, organiser, enter, asked):
    """Who is in it, and nobody else: all sockets of the event stay open."""
    session = SessionFactory(event=event, capacity=3)
    SessionFactory(event=event)
    room = chats.room_for(event, f"session/{session.pk}")
    poll = PollFactory(event=event, session=session)
    client, before = enter(organiser), event.live_epoch

    save_session(client, session, sign_up="", title_0="Another name")
    assert asked == []
    save_session(client, session)
    assert asked == [
        {
            f"session/{session.pk}",
            f"announcements/session/{session.pk}",
            f"chat/{room.pk}",
            f"reactions/{room.pk}",
            f"poll/{poll.pk}",
        }
    ]
    save_session(client, session, capacity=5)
    assert len(asked) == 1
    event.refresh_from_db()
    assert event.live_epoch == before


def test_ticket_that_names_another_track_asks_again_in_its_sessions_alone(event, attendee, asked):
    ticket = TicketKindFactory(event=event, opens_programme=False)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    lost, kept, _other = (SessionFactory(event=event, track=TrackFactory(event=event)) for _number in range(3))
    named = OpeningFactory(ticket=ticket, track=lost.track, session=None)
    OpeningFactory(ticket=ticket, session=kept)
    before, epoch = services.openings_of(ticket), event.live_epoch
    named.delete()

    services.openings_named(ticket, before)
    services.openings_named(ticket, services.openings_of(ticket))

    event.refresh_from_db()
    assert [{place for place in places if place.startswith("session/")} for places in asked] == [{f"session/{lost.pk}"}]
    assert event.live_epoch == epoch


def test_more_sessions_than_are_asked_about_call_everybody_back(event, asked, monkeypatch):
    monkeypatch.setattr(opening, "MOST_ASKED", 1)
    OpeningFactory(ticket=TicketKindFactory(event=event), session=SessionFactory(event=event))
    epoch = event.live_epoch

    opening.tracks_changed(event.pk, [one.pk for one in SessionFactory.create_batch(2, event=event)])

    event.refresh_from_db()
    assert (asked, event.live_epoch) == ([], epoch + 1)


def test_ticket_that_is_saved_calls_people_back_where_it_opens_less_alone(event, organiser, attendee, enter):
    ticket = TicketKindFactory(event=event)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    client, before = enter(organiser), event.live_epoch
    address = reverse("admin:events_ticketkind_change", args=[ticket.pk])
    given = {
        "name_0": "Day one", "position": 0, "is_offered": "on", "opens_programme": "on", "opens_expo": "on",
        "openings-TOTAL_FORMS": 0, "openings-INITIAL_FORMS": 0,
    }  # fmt: skip

    assert client.post(address, given).status_code == 302
    event.refresh_from_db()
    assert event.live_epoch == before

    del given["opens_expo"]
    assert client.post(address, given).status_code == 302
    event.refresh_from_db()
    assert event.live_epoch == before + 1


def test_ticket_at_the_desk_says_what_it_opens(event, organiser, attendee, enter):
    ticket = TicketKindFactory(event=event)
    track = TrackFactory(event=event)
    session = SessionFactory(event=event)
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    before = event.agenda_version
    given = {
        "name_0": "Day one", "position": 0, "is_offered": "on", "openings-TOTAL_FORMS": 1,
        "openings-INITIAL_FORMS": 0, "openings-0-track": track.pk,
    }  # fmt: skip

    answer = enter(organiser).post(reverse("admin:events_ticketkind_change", args=[ticket.pk]), given)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Opening.objects.get(ticket=ticket).track == track
    event.refresh_from_db()
    assert event.agenda_version > before
    refusal = selectors.why_shut(event.pk, session.pk, user_id=attendee.pk, roles=frozenset({f"ticket/{ticket.pk}"}))
    assert refusal.code == "session.ticket"


def test_ticket_cannot_open_what_is_another_events(event, other_event, organiser, enter):
    ticket, elsewhere = TicketKindFactory(event=event), TrackFactory(event=other_event)
    given = {
        "name_0": "Day one", "position": 0, "is_offered": "on", "openings-TOTAL_FORMS": 1,
        "openings-INITIAL_FORMS": 0, "openings-0-track": elsewhere.pk,
    }  # fmt: skip

    enter(organiser).post(reverse("admin:events_ticketkind_change", args=[ticket.pk]), given)

    assert Opening.objects.count() == 0
