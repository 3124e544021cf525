"""A session with one seat."""

from datetime import timedelta

import pytest

from apps.core import clock
from tests.factories.tracks import SessionFactory


@pytest.fixture
def session(event):
    starts = clock.now() + timedelta(hours=2)
    return SessionFactory(
        event=event, title="Reading a gauge", sign_up=True, capacity=1, starts_at=starts,
        ends_at=starts + timedelta(hours=1),
    )  # fmt: skip
