"""A person's own agenda: stars and clashes."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.tracks import selectors, services, signals
from apps.tracks.models import Session, Star
from tests.factories.tracks import SessionFactory, StarFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return clock.now().replace(hour=12, minute=0, second=0, microsecond=0)


def at(event, noon, begin, end, **more):
    """A session from so many minutes after noon to so many."""
    return SessionFactory(
        event=event, starts_at=noon + timedelta(minutes=begin), ends_at=noon + timedelta(minutes=end), **more
    )


def clashes_of(event, person):
    return selectors.clashes_among(list(selectors.starred_sessions(event, person).planned()))


def test_starring_gives_what_runs_at_the_same_time(event, attendee, noon):
    first, second = at(event, noon, 0, 30), at(event, noon, 20, 50)

    assert services.star_session(session=first, user=attendee) == []
    assert services.star_session(session=second, user=attendee) == [first]


def test_starring_twice_is_starring_once(event, attendee, noon):
    session = at(event, noon, 0, 30)
    heard = []

    def hear(sender, session, user, **kwargs):
        heard.append((session, user))

    signals.session_starred.connect(hear)
    services.star_session(session=session, user=attendee)
    services.star_session(session=session, user=attendee)
    signals.session_starred.disconnect(hear)

    assert Star.objects.count() == 1
    assert heard == [(session, attendee)]


def test_a_star_can_be_taken_back(event, attendee, noon):
    star = StarFactory(session=at(event, noon, 0, 30), user=attendee)

    services.unstar_session(session=star.session, user=attendee)
    services.unstar_session(session=star.session, user=attendee)

    assert not Star.objects.exists()


def test_a_withdrawn_session_cannot_be_starred(event, attendee, noon):
    session = at(event, noon, 0, 30, state=Session.State.WITHDRAWN)

    with pytest.raises(Refused, match="withdrawn"):
        services.star_session(session=session, user=attendee)


@pytest.mark.parametrize(
    ("spans", "pairs"),
    [
        ([(0, 30), (30, 60)], []),  # back to back
        ([(0, 30), (29, 60)], [(0, 1)]),
        ([(0, 90), (10, 20), (30, 40)], [(0, 1), (0, 2)]),
        ([(0, 50), (10, 60), (40, 70)], [(0, 1), (0, 2), (1, 2)]),
        ([(0, 30), (0, 30)], [(0, 1)]),
    ],
)
def test_clashes_are_all_pairs_that_overlap(event, attendee, noon, spans, pairs):
    sessions = [at(event, noon, begin, end) for begin, end in spans]
    for session in sessions:
        StarFactory(session=session, user=attendee)

    clashes = clashes_of(event, attendee)

    assert {(sessions.index(clash.first), sessions.index(clash.second)) for clash in clashes} == set(pairs)


def test_a_clash_lasts_as_long_as_both_run(event, attendee, noon):
    for begin, end in ((0, 50), (40, 90)):
        StarFactory(session=at(event, noon, begin, end), user=attendee)

    (clash,) = clashes_of(event, attendee)

    assert (clash.starts_at, clash.ends_at) == (noon + timedelta(minutes=40), noon + timedelta(minutes=50))


def test_neither_cancelled_sessions_nor_other_peoples_stars_clash(event, attendee, speaker, noon):
    mine = at(event, noon, 0, 30)
    StarFactory(session=mine, user=attendee)
    StarFactory(session=at(event, noon, 0, 30, state=Session.State.CANCELLED), user=attendee)
    StarFactory(session=at(event, noon, 0, 30), user=speaker)

    assert clashes_of(event, attendee) == []
    assert selectors.clashes_with(mine, attendee) == []


def test_my_agenda_is_of_one_event(event, other_event, attendee, noon):
    here = at(event, noon, 0, 30)
    for session in (here, at(other_event, noon, 0, 30)):
        StarFactory(session=session, user=attendee)

    assert list(selectors.starred_sessions(event, attendee)) == [here]
    assert selectors.choices_of(event, attendee) == {(here.pk, "star")}
    assert selectors.choices_of(event, None) == frozenset()


def test_the_version_of_stars_follows_the_set(event, attendee, noon):
    one, two = at(event, noon, 0, 30), at(event, noon, 60, 90)

    empty = selectors.star_version(frozenset())
    both = selectors.star_version(frozenset({one.pk, two.pk}))

    assert empty != both
    assert both == selectors.star_version(frozenset({two.pk, one.pk}))
