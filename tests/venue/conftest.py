"""A programme to look at: running, coming, over."""

from datetime import timedelta

import pytest

from apps.core import clock
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory


@pytest.fixture
def session(event):
    """Running, with a speaker and half an hour left."""
    now = clock.now()
    made = SessionFactory(
        event=event,
        title="Eleven towns, one floodplain",
        slug="eleven-towns",
        abstract="Three meadows flood.\n\nEleven towns stay dry.",
        starts_at=now - timedelta(minutes=15, seconds=30),
        ends_at=now + timedelta(minutes=29, seconds=30),
    )
    SessionSpeakerFactory(session=made, speaker__name="Oduya Barasa")
    return made


@pytest.fixture
def at():
    """Moments: `at(minutes)` from now."""
    now = clock.now()
    return lambda minutes: now + timedelta(minutes=minutes)
