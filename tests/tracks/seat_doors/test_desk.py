"""Seats at the desk: given, taken back and exported, and what sessions and tickets that are saved change."""

from django.urls import reverse

from apps.core import clock
from apps.events.models import Registration
from apps.notifications.models import OwedMail
from apps.tracks import selectors
from apps.tracks.models import Opening, Seat
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.tracks import SeatFactory, SessionFactory, TrackFactory
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


def test_session_that_is_saved_calls_people_back_where_its_door_is_shut_alone(event, organiser, enter):
    session = SessionFactory(event=event, capacity=3)
    client, before = enter(organiser), event.live_epoch

    save_session(client, session, sign_up="", title_0="Another name")
    event.refresh_from_db()
    assert event.live_epoch == before

    save_session(client, session)
    event.refresh_from_db()
    assert event.live_epoch == before + 1

    save_session(client, session, capacity=5)
    event.refresh_from_db()
    assert event.live_epoch == before + 1


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
