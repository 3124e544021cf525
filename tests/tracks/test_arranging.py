"""The agenda arranged by hand: what a move does, what it refuses, and what clashes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.events.models import Event
from apps.tracks import selectors, services
from apps.tracks.models import Session
from apps.tracks.selectors import Spot
from tests.factories.events import EventFactory
from tests.factories.tracks import RoomFactory, SessionFactory, SessionSpeakerFactory, SpeakerFactory, TrackFactory

pytestmark = pytest.mark.django_db
NINE = datetime(2031, 5, 6, 9, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def event(event):
    Event.objects.filter(pk=event.pk).update(starts_at=NINE, ends_at=NINE + timedelta(hours=32), time_zone="UTC")
    event.refresh_from_db()
    return event


@pytest.fixture
def hall(event):
    return RoomFactory(event=event, name="Hall", position=1)


@pytest.fixture
def cellar(event):
    return RoomFactory(event=event, name="Cellar", position=2)


@pytest.fixture
def talk(event, hall):
    return SessionFactory(event=event, room=hall, title="Ebb", starts_at=NINE, ends_at=NINE + HALF)


def spot(session):
    session.refresh_from_db()
    return Spot(session.room_id, session.starts_at, session.ends_at, session.state)


def put(event, session, room, at, *, seen=None, length=HALF):
    seen = seen or spot(session)
    return services.place_session(
        event, session_id=session.pk, seen=seen, room_id=room.pk, starts_at=at, ends_at=at + length
    )


# Moves


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


# The sheet


def clashes(event):
    found = selectors.arrangement(event, NINE.date())
    return sorted((clash.kind, clash.first.title, clash.second and clash.second.title) for clash in found.clashes)


def test_sessions_of_one_room_clash_where_they_overlap(event, talk, hall, cellar):
    for title, room, at in (("Flow", hall, NINE + HALF / 2), ("After", hall, NINE + 2 * HALF), ("Far", cellar, NINE)):
        SessionFactory(event=event, room=room, title=title, starts_at=at, ends_at=at + HALF)

    assert clashes(event) == [("room", "Ebb", "Flow")]


def test_speaker_clashes_with_themselves_in_two_rooms(event, talk, cellar):
    ana = SpeakerFactory(event=event, name="Ana")
    other = SessionFactory(event=event, room=cellar, title="Flow", starts_at=NINE, ends_at=NINE + HALF)
    for session in (talk, other):
        SessionSpeakerFactory(session=session, speaker=ana)

    assert clashes(event) == [("speaker", "Ebb", "Flow")]


def test_what_lies_outside_of_the_event_is_told(event, hall):
    for title, at in (("Dawn", NINE - HALF), ("Dusk", event.ends_at)):
        SessionFactory(event=event, room=hall, title=title, starts_at=at, ends_at=at + HALF)

    assert clashes(event) == [("early", "Dawn", None)]
    found = selectors.arrangement(event, event.ends_at.date())
    assert [clash.kind for clash in found.clashes] == ["late"]


@pytest.fixture
def night(event, cellar):
    """From the evening of the first day into the second one."""
    starts = NINE + timedelta(hours=13)
    return SessionFactory(event=event, room=cellar, title="Night", starts_at=starts, ends_at=NINE + timedelta(hours=24))


def test_session_that_reaches_into_the_next_day_clashes_there(event, hall, cellar, night):
    early = NINE + timedelta(hours=23)
    ana = SpeakerFactory(event=event, name="Ana")
    inside = SessionFactory(event=event, room=cellar, title="Dawn", starts_at=early, ends_at=early + HALF)
    beside = SessionFactory(event=event, room=hall, title="Tide", starts_at=early, ends_at=early + HALF)
    for session in (night, beside):
        SessionSpeakerFactory(session=session, speaker=ana)

    both = [("room", "Night", "Dawn"), ("speaker", "Night", "Tide")]
    assert clashes(event) == both
    found = selectors.arrangement(event, inside.starts_at.date())
    assert [(clash.kind, str(clash.first.title), str(clash.second.title)) for clash in found.clashes] == both


def test_sessions_that_overlap_on_the_day_before_are_told_there_alone(event, cellar, night):
    SessionFactory(event=event, room=cellar, title="Second", starts_at=night.starts_at, ends_at=night.ends_at)

    assert clashes(event) == [("room", "Night", "Second")]
    assert selectors.arrangement(event, night.ends_at.date()).clashes == []


def test_session_that_reaches_into_a_day_is_drawn_from_its_beginning(event, hall, night):
    found = selectors.arrangement(event, night.ends_at.date())

    (card,) = (card for column in found.columns for card in column.cards)
    assert (card.title, card.is_own, card.row, card.rows) == ("Night", False, 0, 12)
    assert found.begins_at == NINE + timedelta(hours=23)
    assert found.count == 0


def test_session_that_goes_on_past_the_day_lets_it_end_as_ever(event, hall):
    SessionFactory(event=event, room=hall, starts_at=NINE, ends_at=NINE + timedelta(hours=60))

    found = selectors.arrangement(event, NINE.date() + timedelta(days=1))

    assert (found.begins_at.hour, found.height) == (8, 11 * 12)


def test_cancelled_sessions_clash_with_nothing(event, talk, hall):
    SessionFactory(event=event, room=hall, starts_at=NINE, ends_at=NINE + HALF, state=Session.State.CANCELLED)

    assert clashes(event) == []


def test_sessions_that_overlap_stand_side_by_side(event, talk, hall):
    for title, at in (("Flow", NINE + HALF / 2), ("Spring", NINE + HALF)):
        SessionFactory(event=event, room=hall, title=title, starts_at=at, ends_at=at + HALF)
    SessionFactory(event=event, room=hall, title="Alone", starts_at=NINE + 3 * HALF, ends_at=NINE + 4 * HALF)

    (column,) = selectors.arrangement(event, NINE.date()).columns

    assert [(card.title, card.lane, card.lanes) for card in column.cards] == [
        ("Ebb", 0, 2), ("Flow", 1, 2), ("Spring", 0, 2), ("Alone", 0, 1),
    ]  # fmt: skip


def test_empty_event_shows_its_own_days(event, hall):
    found = selectors.arrangement(event, None)

    assert list(found.days) == [NINE.date(), NINE.date() + timedelta(days=1)]
    assert (found.count, found.height) == (0, 11 * 12)


@pytest.mark.parametrize("number", [1, 30])
def test_sheet_costs_the_same_however_full(event, hall, number, django_assert_num_queries):
    track = TrackFactory(event=event)
    for _number in range(number):
        session = SessionFactory(event=event, room=hall, track=track, starts_at=NINE, ends_at=NINE + HALF)
        SessionSpeakerFactory(session=session)
        SessionFactory(event=event, room=hall, state=Session.State.UNPLACED)

    with django_assert_num_queries(6):
        found = selectors.arrangement(event, NINE.date())

    assert (found.count, len(found.waiting)) == (number, number)


# The page


@pytest.fixture
def desk(organiser, enter):
    return enter(organiser)


@pytest.fixture
def address(event):
    return reverse("admin:tracks_session_arrange", args=[event.pk]) + "?day=2031-05-06"


JSON = {"Accept": "application/json"}


def test_page_shows_the_day(desk, address, talk, cellar):
    page = desk.get(address).content.decode()

    assert f'data-card="{talk.pk}"' in page
    assert all(name in page for name in ("Hall", "Cellar", "09:00", "in UTC time"))


def test_page_of_another_organisation_is_unknown(enter, other_organiser, address, talk, hall):
    stranger = enter(other_organiser)
    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written(), "to": spot(talk).written()}

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, asked).status_code == 404


def test_script_moves_a_session_and_gets_the_sheet(desk, address, talk, cellar):
    seen = spot(talk)
    to = Spot(cellar.pk, NINE + HALF, NINE + 2 * HALF, "planned")

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": seen.written(), "to": to.written()}, headers=JSON
    )

    told = answer.json()
    assert (told["was"], told["seen"]) == (seen.written(), to.written())
    assert told["said"] == "“Ebb” is in Cellar on Tuesday 6 May, from 09:30 to 10:00."
    assert "data-sheet" in told["sheet"]
    assert spot(talk) == to


def test_script_hears_of_a_conflict_in_words(desk, address, talk, cellar):
    seen = spot(talk)._replace(room_id=cellar.pk)

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": seen.written(), "to": seen.written()}, headers=JSON
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "session.moved")
    assert "Somebody else moved “Ebb”" in answer.json()["title"]


@pytest.mark.parametrize("wrong", [{"do": "fly"}, {"seen": "nonsense"}, {"session": ""}, {"to": "1.2"}])
def test_what_cannot_be_read_is_refused(desk, address, talk, wrong):
    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written(), "to": spot(talk).written()}

    answer = desk.post(address, asked | wrong, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (400, "form.invalid")


def test_form_places_a_session_in_the_time_of_the_event(desk, event, address, talk, cellar):
    Event.objects.update(time_zone="Asia/Kolkata")
    given = {
        "do": "place", "session": talk.pk, "seen": spot(talk).written(), "room": cellar.pk,
        "starts": "2031-05-06T15:30", "minutes": 45,
    }  # fmt: skip

    page = desk.post(address, given, follow=True)

    assert "from 15:30 to 16:15" in page.content.decode()
    assert spot(talk)[:3] == (cellar.pk, NINE + timedelta(hours=1), NINE + timedelta(minutes=105))


def test_form_takes_a_session_off_and_adds_one(desk, event, address, talk, hall):
    desk.post(address, {"do": "unplace", "session": talk.pk, "seen": spot(talk).written()})
    given = {"do": "add", "title": "Wells", "room": hall.pk, "starts": "2031-05-06T11:00", "minutes": 30}
    page = desk.post(address, given, follow=True).content.decode()

    assert "Wells" in page
    assert [str(session.title) for session in event.sessions.on_agenda()] == ["Wells"]


def test_page_move_and_what_is_new_name_the_sheet_alike(desk, event, address, talk, cellar):
    def is_the_same(tag):
        return desk.get(f"{address}&part=1", headers={"If-None-Match": tag}).status_code == 304

    whole = desk.get(reverse("admin:tracks_session_arrange", args=[event.pk]))
    assert is_the_same(whole.context["tag"])

    asked = {"do": "move", "session": talk.pk, "seen": spot(talk).written()}
    moved = desk.post(address, asked | {"to": spot(talk)._replace(room_id=cellar.pk).written()}, headers=JSON)
    assert is_the_same(moved.json()["tag"])
    assert not is_the_same(whole.context["tag"])


def test_move_back_to_waiting_keeps_what_was_waited_with(desk, address, talk, cellar):
    here = spot(talk)
    to = Spot(cellar.pk, NINE + HALF, NINE + 2 * HALF, Session.State.UNPLACED.value)

    answer = desk.post(
        address, {"do": "move", "session": talk.pk, "seen": here.written(), "to": to.written()}, headers=JSON
    )

    assert answer.json()["seen"] == to.written()
    assert spot(talk) == to


def test_session_of_the_day_before_is_a_link_to_its_own_day(desk, event, night):
    page = desk.get(reverse("admin:tracks_session_arrange", args=[event.pk]) + "?day=2031-05-07").content.decode()

    assert f'data-since="{night.pk}"' in page
    assert f"?day=2031-05-06&amp;session={night.pk}#ar-place" in page
    assert "Since Tuesday 6 May" in page


def test_sheet_is_read_anew_only_where_it_changed(desk, address, talk, cellar, event):
    first = desk.get(f"{address}&part=1")
    again = desk.get(f"{address}&part=1", headers={"If-None-Match": first["ETag"]})
    put(event, talk, cellar, NINE)
    changed = desk.get(f"{address}&part=1", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)


def test_titles_are_text_on_the_sheet(desk, address, event, hall):
    SessionFactory(event=event, room=hall, title="<img src=x>", starts_at=NINE, ends_at=NINE + HALF)

    assert "<img src=x" not in desk.get(address).content.decode()
