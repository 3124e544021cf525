"""Rows that are made once for all tests of a file: each test finds them as they were made."""

from types import SimpleNamespace

import pytest

from apps.events.models import Event
from tests.factories.events import EventFactory
from tests.plugins.standing import commits


@pytest.fixture(scope="module")
def built(made_once):
    return made_once(lambda: EventFactory(name="Freshet"))


@pytest.mark.parametrize("time", [1, 2])
def test_no_test_finds_what_another_one_changed(built, db, time):
    event = built()

    assert (event.name, [found.name for found in Event.objects.all()]) == ("Freshet", ["Freshet"])
    event.name = "Ebb"
    event.save()
    EventFactory()


def test_database_stays_shut_to_tests_that_do_not_ask_for_it(built):
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Event.objects.exists()


@pytest.mark.parametrize(
    ("asks", "marker", "found"),
    [
        (["db"], None, False),
        (["event"], pytest.mark.django_db, False),
        (["event"], pytest.mark.django_db(transaction=True), True),
        (["platform", "transactional_db"], None, True),
    ],
)
def test_tests_that_commit_are_told_apart(asks, marker, found):
    item = SimpleNamespace(fixturenames=asks, get_closest_marker=lambda _name: marker and marker.mark)

    assert commits(item) is found
