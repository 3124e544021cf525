"""Seats at the desk: given, taken back and exported, and what sessions and tickets that are saved change."""

import pytest
from django.urls import reverse

from apps.chat import services as chats
from apps.core import clock
from apps.events.models import Registration
from apps.notifications.models import OwedMail
from apps.tracks import selectors, services
from apps.tracks.models import Opening, Seat
from apps.tracks.services import opening
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory, TrackFactory
from tests.tracks.seat_doors.held import mine


def test_desk_gives_a_seat_to_somebody_of_the_event(session, organiser, attendee, enter):
    client = enter(organiser)
    client.post(reverse("admin:tracks_seat_add"), {"session": session.pk, "email": attendee.email.upper()})

    seat = session.seats.get()
    assert (seat.user, seat.state, seat.by) == (attendee, "taken", organiser)


def test_desk_gives_none_to_a_stranger(session, organiser, outsider, enter):
    page = enter(organiser).post(reverse("admin:tracks_seat_add"), {"session": session.pk, "email": outsider.email})

    assert "Nobody with this address takes part in the event." in page.content.decode()
    assert Seat.objects.count() == 0


def test_desk_says_why_it_has_no_seat_to_give(session, organiser, attendee, enter):
    SeatFactory(session=session)
    wish = {"session": session.pk, "email": attendee.email}

    page = enter(organiser).post(reverse("admin:tracks_seat_add"), wish, follow=True)

    assert page.redirect_chain[-1] == (reverse("admin:tracks_seat_changelist"), 302)
    assert "All seats are taken. Give the session more seats first." in page.content.decode()
    assert mine(session, attendee) is None


def test_seat_at_the_desk_has_nothing_to_save(session, organiser, attendee, enter):
    seat = SeatFactory(session=session, user=attendee)

    page = enter(organiser).get(reverse("admin:tracks_seat_change", args=[seat.pk])).content.decode()

    assert ("Reading a gauge" in page, 'name="_save"' in page, 'name="_continue"' in page) == (True, False, False)


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
            f"captions/session-{session.pk}",
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
