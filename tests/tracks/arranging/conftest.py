"""A day with two rooms and a session, to be arranged by hand."""

from datetime import timedelta

import pytest

from apps.events.models import Event
from tests.factories.tracks import RoomFactory, SessionFactory
from tests.tracks.arranging.spots import HALF, NINE


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


@pytest.fixture
def night(event, cellar):
    """From the evening of the first day into the second one."""
    starts = NINE + timedelta(hours=13)
    return SessionFactory(event=event, room=cellar, title="Night", starts_at=starts, ends_at=NINE + timedelta(hours=24))
