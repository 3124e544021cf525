"""The rules of rooms: links, hosts, newcomers, slow mode, bounds."""

from datetime import timedelta

import pytest

from apps.accounts.models import User
from apps.chat.models import Room
from apps.core import clock
from tests.chat.asking import at, refused


def test_links_may_be_off(rules, attendee, speaker, say):
    rules(links_allowed=False)

    assert say(attendee, "Look: https://x.example").code == "chat.no_links"
    assert say(attendee, "Look: www.x.example").code == "chat.no_links"
    assert say(attendee, "At 2.10 m, e.g. at noon. And so on.").seq
    assert say(speaker, "Slides: https://x.example").seq


def test_only_hosts_write_where_the_room_says_so(rules, attendee, speaker, exhibitor, moderator, say):
    rules(hosts_only=True)

    assert say(attendee).code == "chat.hosts_only"
    assert say(exhibitor).code == "chat.hosts_only"
    assert say(speaker).seq
    assert say(moderator).seq


def test_new_accounts_wait(rules, attendee, say, monkeypatch):
    rules(newcomer_minutes=10)
    User.objects.filter(pk=attendee.pk).update(created_at=clock.now() - timedelta(minutes=4))

    answer = say(attendee)

    assert answer.code == "chat.newcomer"
    assert 350 < answer.retry_after <= 360
    at(monkeypatch, clock.now() + timedelta(minutes=6))
    assert say(attendee).seq


def test_slow_mode_says_when(rules, attendee, speaker, say, monkeypatch):
    start = clock.now()
    at(monkeypatch, start)
    rules(slow_seconds=30)
    say(attendee)
    at(monkeypatch, start + timedelta(seconds=12))

    answer = say(attendee)

    assert (answer.code, answer.retry_after) == ("chat.slow", 18)
    assert "18 s" in str(answer.message)
    assert say(speaker).seq
    assert say(speaker).seq


@pytest.mark.parametrize(
    ("name", "value"), [("slow_seconds", 601), ("display_rate", 0), ("holds", "some"), ("hide_after", -1)]
)
def test_rule_out_of_bounds_is_refused(rules, room, name, value):
    assert refused(rules, **{name: value}) == "chat.rule_bounds"
    assert getattr(Room.objects.get(pk=room.pk), name) == getattr(Room(), name)
