"""How long somebody still has to wait, by clocks that differ a little or were put right."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock

NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "left"),
    [(0, 20), (5, 15), (19.5, 0.5), (20, 0), (3600, 0), (-0.2, 20), (-19, 20), (-20, 0), (-7200, 0)],
)
def test_nobody_waits_for_longer_than_they_were_told(passed, left):
    assert clock.left_of(20, since=NOW - timedelta(seconds=passed), now=NOW) == left


def test_no_wait_is_none():
    assert clock.left_of(0, since=NOW, now=NOW) == 0
