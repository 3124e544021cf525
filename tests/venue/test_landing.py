"""An event's front page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from apps.core import clock
from apps.core.zones import Zones
from apps.events.models import Event
from apps.venue import selectors
from tests.factories.events import EventFactory
from tests.factories.exhibitors import BoothFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, TrackFactory


def address(event):
    return reverse("venue:landing", args=[event.slug])


def test_visitor_may_register_here(event, visitor):
    page = visitor.get(address(event)).content.decode()

    assert f'action="{reverse("events:register", args=[event.slug])}"' in page
    assert "The programme is still being made" in page


def test_who_is_registered_goes_in(event, attendee, enter):
    page = enter(attendee).get(address(event)).content.decode()

    assert "You are registered" in page
    assert reverse("venue:lobby", args=[event.slug]) in page


def test_draft_is_not_there_for_visitors(event, visitor, organiser, enter):
    Event.objects.filter(pk=event.pk).update(state=Event.State.DRAFT)

    assert visitor.get(address(event)).status_code == 404
    assert enter(organiser).get(address(event)).status_code == 200


@pytest.mark.parametrize(("state", "said"), [("ended", "It is over"), ("published", "Register")])
def test_rail_follows_the_state(event, visitor, state, said):
    Event.objects.filter(pk=event.pk).update(state=state)

    assert said in visitor.get(address(event)).content.decode()


def test_landing_costs_the_same_for_little_and_for_much(event, visitor, django_assert_max_num_queries):
    counts = []
    for more in (1, 2, 12):
        for _number in range(more):
            SessionSpeakerFactory(session__event=event)
            TrackFactory(event=event)
            BoothFactory(event=event)
        visitor.get(address(event))
        with django_assert_max_num_queries(20) as counted:
            visitor.get(address(event))
        counts.append(len(counted))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ((2026, 10, 13), (2026, 10, 15), "13 to 15 October 2026"),
        ((2026, 10, 30), (2026, 11, 2), "30 October to 2 November 2026"),
        ((2026, 12, 30), (2027, 1, 2), "30 December 2026 to 2 January 2027"),
        ((2026, 10, 13), (2026, 10, 13), "13 October 2026"),
    ],
)
def test_dates_are_said_as_shortly_as_possible(starts, ends, said):
    event = EventFactory.build(starts_at=datetime(*starts, 9, tzinfo=UTC), ends_at=datetime(*ends, 17, tzinfo=UTC))

    assert selectors.dates(event) == said


def test_start_is_said_in_the_readers_zone_and_the_events():
    moment = datetime(2999, 10, 15, 8, tzinfo=UTC)
    event = EventFactory.build(starts_at=moment, ends_at=moment)
    shown = Zones(own=ZoneInfo("Africa/Nairobi"), event=ZoneInfo("Europe/Lisbon"))

    with timezone.override(shown.shown):
        words = selectors.start_words(event, SessionFactory.build(event=event, room=None, starts_at=moment), shown)

    assert strip_tags(words) == "Starts Tuesday at 11:00 in Nairobi, your time. That is 09:00 in Lisbon."


def test_event_under_way_says_until_when():
    begun = clock.now() - timedelta(hours=1)
    event = EventFactory.build(starts_at=begun, ends_at=datetime(2999, 10, 14, 16, tzinfo=UTC))
    shown = Zones(own=None, event=ZoneInfo("UTC"))

    words = selectors.start_words(event, SessionFactory.build(event=event, room=None, starts_at=begun), shown)

    assert strip_tags(words) == "On now, until Monday at 16:00."
