"""The agenda arranged by hand: the sheet of a day, and what clashes on it."""

from datetime import timedelta

import pytest

from apps.tracks import selectors
from apps.tracks.models import Session
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory, TrackFactory
from tests.tracks.arranging.spots import HALF, NINE

pytestmark = pytest.mark.django_db


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
