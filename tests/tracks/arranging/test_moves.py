"""The agenda arranged by hand: what a move does and what it refuses."""

from datetime import timedelta

import pytest

from apps.core.errors import Refused
from apps.tracks import services
from apps.tracks.models import Session
from apps.tracks.selectors import Spot
from tests.factories.events import EventFactory
from tests.factories.tracks import RoomFactory, SessionFactory
from tests.tracks.arranging.spots import HALF, NINE, put, spot

pytestmark = pytest.mark.django_db


def test_session_is_placed_elsewhere(event, talk, cellar):
    version = event.agenda_version

    put(event, talk, cellar, NINE + HALF)

    event.refresh_from_db()
    assert spot(talk) == Spot(cellar.pk, NINE + HALF, NINE + 2 * HALF, "planned")
    assert event.agenda_version == version + 1


def test_session_that_somebody_else_moved_is_not_overwritten(event, talk, hall, cellar):
    seen = spot(talk)
    put(event, talk, cellar, NINE)

    with pytest.raises(Refused, match=r"session\.moved") as refused:
        put(event, talk, hall, NINE + HALF, seen=seen)

    assert "Ebb" in str(refused.value.message)
    assert spot(talk).room_id == cellar.pk


def test_session_waits_and_is_placed_again(event, talk, cellar):
    services.unplace_session(event, session_id=talk.pk, seen=spot(talk))
    assert spot(talk).state == Session.State.UNPLACED
    assert not event.sessions.on_agenda().exists()

    put(event, talk, cellar, NINE)

    assert spot(talk).state == Session.State.PLANNED


def test_session_goes_back_to_how_it_waited_before(event, talk, cellar):
    services.unplace_session(event, session_id=talk.pk, seen=spot(talk))
    waited = spot(talk)
    put(event, talk, cellar, NINE + 2 * HALF)

    services.unplace_session(event, session_id=talk.pk, seen=spot(talk), to=waited)

    assert spot(talk) == waited


def test_session_does_not_wait_in_a_room_of_another_event(event, talk):
    there = RoomFactory(event=EventFactory())

    with pytest.raises(Refused, match=r"room\.unknown"):
        services.unplace_session(event, session_id=talk.pk, seen=spot(talk), to=spot(talk)._replace(room_id=there.pk))


def test_session_that_waits_is_not_brought_back(event, talk, hall):
    SessionFactory(event=event, room=hall, state=Session.State.WITHDRAWN)
    services.unplace_session(event, session_id=talk.pk, seen=spot(talk))

    assert services.restore_sessions(sessions=event.sessions.all()) == 1

    assert spot(talk).state == Session.State.UNPLACED


def test_session_that_waits_has_no_page(event, talk, visitor):
    address = talk.get_absolute_url()
    services.unplace_session(event, session_id=talk.pk, seen=spot(talk))

    assert visitor.get(address).status_code == 404


def test_session_that_has_begun_is_not_taken_off(event, hall):
    running = SessionFactory(event=event, room=hall)

    with pytest.raises(Refused, match=r"session\.begun"):
        services.unplace_session(event, session_id=running.pk, seen=spot(running))


def test_cancelled_session_stays_cancelled_when_moved_and_is_not_taken_off(event, talk, cellar):
    services.cancel_sessions(sessions=event.sessions.all())

    put(event, talk, cellar, NINE)

    assert spot(talk).state == Session.State.CANCELLED
    with pytest.raises(Refused, match=r"session\.cancelled"):
        services.unplace_session(event, session_id=talk.pk, seen=spot(talk))


def test_withdrawn_session_is_unknown(event, talk, cellar):
    Session.objects.update(state=Session.State.WITHDRAWN)

    with pytest.raises(Refused, match=r"session\.unknown"):
        put(event, talk, cellar, NINE, seen=spot(talk)._replace(state="planned"))


def test_room_and_session_of_another_event_are_unknown(event, talk):
    there = SessionFactory(event=EventFactory(), starts_at=NINE, ends_at=NINE + HALF)

    with pytest.raises(Refused, match=r"room\.unknown"):
        put(event, talk, there.room, NINE)
    with pytest.raises(Refused, match=r"session\.unknown"):
        put(event, there, talk.room, NINE, seen=spot(there))


@pytest.mark.parametrize(
    ("code", "at", "length"),
    [
        ("backwards", NINE, timedelta()),
        ("long", NINE, timedelta(hours=100)),
        ("far", NINE + timedelta(days=60), HALF),
    ],
)
def test_times_that_cannot_be_are_refused(event, talk, hall, code, at, length):
    with pytest.raises(Refused, match=code):
        put(event, talk, hall, at, length=length)

    assert spot(talk).starts_at == NINE


def test_new_sessions_of_one_name_have_addresses_of_their_own(event, hall):
    made = [
        services.add_session(event, title="Keynote", room_id=hall.pk, starts_at=NINE, ends_at=NINE + HALF)
        for _number in range(2)
    ]

    assert [str(session.title) for session in made] == ["Keynote", "Keynote"]
    assert [session.slug for session in made] == ["keynote", "keynote-2"]


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "x.1.2.planned", "1.1.2.withdrawn", "0.1.2.planned", f"1.{9**40}.2.planned"]
)
def test_what_is_no_spot_is_not_read_as_one(text):
    with pytest.raises(ValueError, match="no spot"):
        Spot.read(text)


def test_spot_is_read_as_it_was_written(talk):
    assert Spot.read(spot(talk).written()) == spot(talk)
