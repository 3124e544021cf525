"""What comes next, for whoever waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core import clock
from apps.events import permissions
from apps.events.registry import NEWS, OPEN_NOW, REPLY, RUNNING, SOON, next_for_you
from apps.exhibitors import services as exhibitors
from apps.polls import kinds
from apps.polls import services as polls
from tests.factories.events import AnnouncementFactory
from tests.factories.exhibitors import BoothFactory, ContactRequestFactory
from tests.factories.polls import OptionFactory, PollFactory
from tests.factories.tracks import SessionFactory, StarFactory


@pytest.fixture
def waits(event, attendee):
    def look():
        return next_for_you.of(event, attendee, permissions.roles_of(attendee, event))

    return look


def test_everything_stands_in_the_order_in_which_it_runs_out(event, session, attendee, waits, at):
    AnnouncementFactory(event=event, text="Lunch is ready.")
    request = ContactRequestFactory(booth=BoothFactory(event=event, name="Ostra"), user=attendee)
    exhibitors.answer(request, by=attendee, text="Through ice as well.")
    later = SessionFactory(event=event, title="Wells", starts_at=at(40), ends_at=at(90))
    StarFactory(session=later, user=attendee)
    StarFactory(session=session, user=attendee)
    PollFactory(event=event, session=session, state="open", question="Who should pay?")

    entries = waits()

    assert [entry.rank for entry in entries] == [OPEN_NOW, RUNNING, SOON, REPLY, NEWS]
    assert entries[0].is_hot
    assert entries[2].when.endswith("in 40 min")
    assert "Through ice as well." in entries[3].why


def test_a_poll_waits_only_for_those_who_follow_its_session(event, session, waits):
    PollFactory(event=event, session=session, state="open")

    assert [entry.rank for entry in waits()] == []


def test_an_answered_poll_waits_no_more(event, attendee, waits):
    option = OptionFactory(poll__event=event, poll__session=None)
    assert [entry.rank for entry in waits()] == [OPEN_NOW]

    polls.cast_votes([polls.Vote(event.pk, option.poll_id, attendee.pk, kinds.Said(option=option.pk))])

    assert waits() == []


def test_overlap_of_two_stars_is_said(event, attendee, waits, at):
    for title in ("Wells", "Drains"):
        session = SessionFactory(event=event, title=title, starts_at=at(20), ends_at=at(60))
        StarFactory(session=session, user=attendee)

    assert [entry.why for entry in waits()] == [
        "You starred it. It overlaps Drains.",
        "You starred it. It overlaps Wells.",
    ]


def test_without_stars_the_next_session_stands_there(event, waits, at):
    SessionFactory(event=event, title="Wells", starts_at=at(20), ends_at=at(60))

    assert [entry.title for entry in waits()] == ["Wells"]


def test_old_news_is_no_news(event, waits):
    AnnouncementFactory(event=event, created_at=clock.now() - timedelta(hours=3))

    assert waits() == []


def test_what_waits_elsewhere_is_not_shown_here(event, other_event, attendee, waits):
    StarFactory(session=SessionFactory(event=other_event), user=attendee)
    PollFactory(event=other_event, session=None, state="open")
    AnnouncementFactory(event=other_event)

    assert waits() == []


def test_rail_is_a_list_for_the_script_and_a_page_without(event, attendee, enter):
    client = enter(attendee)
    address = reverse("venue:next", args=[event.slug])

    assert "<html" in client.get(address).content.decode()
    assert "<html" not in client.get(address, headers={"X-Part": "rail"}).content.decode()
