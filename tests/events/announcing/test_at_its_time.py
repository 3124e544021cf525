"""Announcements said at their time: once, in time or not at all, and changed until then."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.models import Announcement, Event
from apps.events.services import announcing
from tests.events.announcing.announced import State, scheduled, soon
from tests.threads import at_once


def test_scheduled_announcement_is_said_when_it_is_due(event, attendee, published):
    row = scheduled(event)
    assert (services.say_due(), selectors.announcements(event)) == (0, [])
    Announcement.objects.update(due_at=clock.now())
    assert services.say_due() == 1
    row.refresh_from_db()
    assert (row.state, row.seq, row.reached) == (State.SAID, 1, 1)
    assert [(topic, seq, payload["text"]) for topic, seq, payload in published] == [
        ("announcements", 1, {"en": "Lunch is ready."})
    ]
    assert services.say_due() == 0


@pytest.mark.django_db(transaction=True)
def test_announcement_is_said_once_by_two_rounds_at_the_same_time(event):
    for _ in range(6):
        scheduled(event, due=timedelta(minutes=1))
    assert sum(at_once(lambda _round: services.say_due(), range(4))) == 6
    assert sorted(Announcement.objects.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_announcement_that_is_called_off_is_not_said(event, published):
    row = scheduled(event)
    services.call_off_announcement(row)
    Announcement.objects.update(due_at=clock.now())
    assert (services.say_due(), published, Announcement.objects.get().state) == (0, [], State.CANCELLED)


def test_announcement_after_an_outage_is_said_within_an_hour_and_missed_after(event):
    late, too_late = scheduled(event, due=timedelta(minutes=59)), scheduled(event, due=timedelta(minutes=61))
    assert services.say_due() == 1
    late.refresh_from_db()
    too_late.refresh_from_db()
    assert (late.state, too_late.state, too_late.seq) == (State.SAID, State.MISSED, None)


def test_event_that_was_taken_back_says_nothing(event):
    row = scheduled(event, due=timedelta(minutes=1))
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)
    assert services.say_due() == 0
    row.refresh_from_db()
    assert row.state == State.MISSED


def test_announcement_is_changed_until_it_is_said(event):
    row = scheduled(event)
    services.change_announcement(row, text="Lunch is late.", due_at=soon(hours=1))
    row.refresh_from_db()
    assert (str(row.text), row.state) == ("Lunch is late.", State.SCHEDULED)
    Announcement.objects.update(due_at=clock.now())
    services.say_due()
    for late in (lambda: services.change_announcement(row, text="No"), lambda: services.call_off_announcement(row)):
        with pytest.raises(Refused) as refused:
            late()
        assert refused.value.code == "announcement.said"
    row.refresh_from_db()
    assert (str(row.text), row.state) == ("Lunch is late.", State.SAID)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"due_at": timedelta(minutes=-1)}, "announcement.when"),
        ({"due_at": timedelta(days=500)}, "announcement.when"),
        ({"audience": "role/king"}, "announcement.audience"),
        ({"audience": "ticket/999999"}, "announcement.audience"),
        ({"on_screen": False}, "announcement.nowhere"),
        ({"audience": "coming"}, "announcement.mail_only"),
    ],
)
def test_what_cannot_be_said_so_is_refused(event, wish, code):
    wish = {"due_at": timedelta(minutes=5)} | wish
    with pytest.raises(Refused) as refused:
        services.schedule_announcement(event, text="Hello", by=None, **wish | {"due_at": clock.now() + wish["due_at"]})
    assert (refused.value.code, Announcement.objects.count()) == (code, 0)


def test_announcement_that_raises_holds_up_no_other(event, monkeypatch):
    due = clock.now() + timedelta(minutes=5)
    bad = services.schedule_announcement(event, text="Bad", by=None, due_at=due)
    good = services.schedule_announcement(event, text="Good", by=None, due_at=due)
    Announcement.objects.update(due_at=clock.now() - timedelta(seconds=1))
    say = announcing._say

    def says(row):
        if row == bad:
            raise ValueError("a broken row")
        return say(row)

    monkeypatch.setattr(announcing, "_say", says)
    assert services.say_due() == 1
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (Announcement.State.SAID, Announcement.State.SCHEDULED)


def test_event_has_a_most_of_what_is_still_to_come(event, monkeypatch):
    monkeypatch.setattr("apps.events.services.announcing.MOST_SCHEDULED", 1)
    scheduled(event)
    with pytest.raises(Refused) as refused:
        scheduled(event)
    assert refused.value.code == "announcement.too_many"
