"""What a connection says, counted: who is too quick is told so now and then, and let go where it does not end."""

from types import SimpleNamespace

import pytest

from apps.live import wire
from apps.live.conf import Conf
from apps.live.hearing import Hearing
from apps.live.limits import Bucket
from apps.live.registry import Who


class Ear:
    """A hub that hears one connection, on a clock of its own."""

    def __init__(self):
        self.conf, self.loop, self.now = Conf(), self, 0.0
        self.told, self.closed = [], None
        who = Who(7, 3, "Ada", frozenset({"attendee"}), 1)
        self.connection = SimpleNamespace(gone=False, who=who, bucket=Bucket(self.conf.frames, 0.0), flood=None)
        self.hearing = Hearing(self)

    def time(self):
        return self.now

    def tell(self, connection, frame):
        self.told.append(next(wire.texts(frame)))

    def close(self, connection, code, reason):
        connection.gone, self.closed = True, (code, self.now)

    def tell_revoked(self, connection):
        pass

    def pour(self, per_second, seconds):
        for number in range(per_second * seconds):
            self.now = number / per_second
            self.hearing.hear(self.connection, '{"t":"ping"}')
        return self

    @property
    def refusals(self):
        return [text for text in self.told if "rate.limited" in text]


@pytest.mark.parametrize("per_second", [60, 200, 1000])
def test_flood_ends_though_some_of_it_gets_through(per_second):
    ear = Ear().pour(per_second, 30)

    assert ear.closed is not None
    assert ear.closed[0] == wire.CloseCode.FLOOD


def test_who_is_a_little_too_quick_stays():
    ear = Ear().pour(25, 120)

    assert ear.closed is None
    assert len(ear.refusals) > 1


def test_flood_is_told_once_a_second_and_to_wait_for_as_long():
    """So that what is refused meanwhile, and not told, is asked again with it."""
    ear = Ear().pour(50, 8)

    assert ear.closed is None
    assert 5 <= len(ear.refusals) <= 8
    assert all(text.count('"retry_after":1') for text in ear.refusals)
