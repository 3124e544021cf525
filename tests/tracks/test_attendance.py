"""Who was in a session, counted by their presence."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.tracks import selectors, services
from apps.tracks.models import Attendance
from tests.factories.tracks import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(event):
    """It began ten minutes ago and lasts fifty."""
    return SessionFactory(event=event)


def came(session, people, at):
    services.record_arrivals(
        event_id=session.event_id, session_id=session.pk, user_ids=[one.pk for one in people], at=at
    )


def went(session, people, at):
    services.record_departures(
        event_id=session.event_id, session_id=session.pk, user_ids=[one.pk for one in people], at=at
    )


def minutes(session, number):
    return session.starts_at + timedelta(minutes=number)


def test_a_visit_is_counted_with_its_length(session, attendee, speaker):
    came(session, [attendee, speaker], minutes(session, 1))
    went(session, [attendee], minutes(session, 4))

    assert list(Attendance.objects.order_by("-seconds").values_list("user", "seconds")) == [
        (attendee.pk, 180),
        (speaker.pk, 0),
    ]
    numbers = selectors.attendance_of(session)
    assert (numbers["came"], numbers["here"]) == (2, 1)


def test_coming_back_adds_up(session, attendee):
    for begin, end in ((0, 2), (5, 6)):
        came(session, [attendee], minutes(session, begin))
        went(session, [attendee], minutes(session, end))

    assert Attendance.objects.get().seconds == 180


def test_being_told_twice_changes_nothing(session, attendee):
    came(session, [attendee], minutes(session, 0))
    came(session, [attendee], minutes(session, 1))
    went(session, [attendee], minutes(session, 3))
    went(session, [attendee], minutes(session, 4))

    assert Attendance.objects.get().seconds == 180


def test_being_told_late_changes_nothing(session, attendee):
    came(session, [attendee], minutes(session, 0))
    went(session, [attendee], minutes(session, 3))
    came(session, [attendee], minutes(session, 2))  # of an arrival before the departure
    row = Attendance.objects.get()
    assert row.here_since is None

    came(session, [attendee], minutes(session, 5))
    went(session, [attendee], minutes(session, 4))  # of a departure before the arrival
    row.refresh_from_db()
    assert (row.here_since, row.seconds) == (minutes(session, 5), 180)


def test_only_what_lies_within_the_session_is_attended(session, attendee, speaker):
    came(session, [attendee], minutes(session, -20))
    went(session, [attendee], minutes(session, -5))
    came(session, [speaker], minutes(session, -20))
    went(session, [speaker], minutes(session, 100))

    assert dict(Attendance.objects.values_list("user", "seconds")) == {attendee.pk: 0, speaker.pk: 50 * 60}
    assert selectors.attendance_of(session)["came"] == 1


def test_visits_that_nobody_ended_end_with_the_session(event, attendee):
    over = SessionFactory(event=event, starts_at=clock.now() - timedelta(hours=3))
    came(over, [attendee], over.starts_at + timedelta(minutes=10))

    assert services.close_attendance() == 1
    assert services.close_attendance() == 0

    row = Attendance.objects.get()
    assert (row.here_since, row.seconds) == (None, 40 * 60)


def test_a_visit_that_goes_on_is_left_alone(session, attendee):
    came(session, [attendee], clock.now())

    assert services.close_attendance() == 0


def test_a_session_of_another_event_records_nothing(session, other_event, attendee):
    services.record_arrivals(event_id=other_event.pk, session_id=session.pk, user_ids=[attendee.pk], at=clock.now())

    assert not Attendance.objects.exists()


def test_the_event_knows_its_people_and_their_visits(event, session, attendee, speaker):
    other = SessionFactory(event=event)
    came(session, [attendee, speaker], minutes(session, 1))
    came(other, [attendee], minutes(session, 1))

    assert selectors.event_attendance(event) == {"people": 2, "visits": 3}


def test_arrivals_cost_the_same_queries_for_one_and_many(
    session, attendee, speaker, moderator, django_assert_num_queries
):
    with django_assert_num_queries(5):
        came(session, [attendee], minutes(session, 1))
    with django_assert_num_queries(5):
        came(session, [attendee, speaker, moderator], minutes(session, 2))


def test_the_desk_counts_sessions_and_those_who_came(event, session, attendee):
    came(session, [attendee], minutes(session, 1))

    assert [number.value for number in selectors.own_numbers(event)] == [1, 1, 1]


def test_an_empty_agenda_is_said_before_publishing(event):
    assert len(list(selectors.missing(event))) == 1

    SessionFactory(event=event, starts_at=event.starts_at, ends_at=event.ends_at)
    assert list(selectors.missing(event)) == []

    SessionFactory(event=event, starts_at=event.ends_at)
    assert len(list(selectors.missing(event))) == 1
