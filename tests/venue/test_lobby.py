"""The lobby."""

import pytest
from django.urls import reverse

from apps.events.models import Event
from apps.venue import selectors
from apps.venue.selectors import Phase
from tests.factories.events import AnnouncementFactory, RegistrationFactory
from tests.factories.exhibitors import BoothStaffFactory
from tests.factories.polls import PollFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, StarFactory


def address(event):
    return reverse("venue:lobby", args=[event.slug])


def sentence(event, user):
    return str(selectors.lobby(event, user).sentence)


def test_lobby_without_a_programme_says_so(event, attendee, enter):
    page = enter(attendee).get(address(event)).content.decode()

    assert "The programme of Freshet 2026 is still being made." in page
    assert "No session is planned yet" in page


def test_lobby_before_the_event_says_when_it_begins(event, attendee, at):
    SessionFactory(event=event, starts_at=at(14 * 1440), ends_at=at(14 * 1440 + 30))

    lobby = selectors.lobby(event, attendee)

    assert lobby.phase == Phase.BEFORE
    assert lobby.sentence == "Freshet 2026 begins in 14 days."


def test_lobby_says_what_is_on_and_how_long_mine_goes_on(event, attendee, session, at):
    SessionFactory(event=event, title="Ponds that pay", ends_at=at(60))
    StarFactory(session=session, user=attendee)

    lobby = selectors.lobby(event, attendee)

    assert lobby.phase == Phase.LIVE
    assert lobby.lead.session == session
    assert lobby.sentence.startswith("Two sessions are on. Yours, <a href=")
    assert ">Eleven towns</a>, has <span" in lobby.sentence
    assert "30 minutes</span> left." in lobby.sentence


def test_lobby_with_one_session_names_it(event, attendee, session):
    assert "Eleven towns</a> is on. It has" in sentence(event, attendee)


def test_lobby_between_sessions_says_what_comes(event, attendee, at):
    SessionFactory(event=event, starts_at=at(-90), ends_at=at(-30))
    SessionFactory(event=event, title="Wells", starts_at=at(20), ends_at=at(60))

    lobby = selectors.lobby(event, attendee)

    assert lobby.phase == Phase.BETWEEN
    assert "Nothing is on right now." in lobby.sentence
    assert "begins in 20 minutes." in lobby.sentence


@pytest.mark.parametrize("state", [Event.State.ENDED, Event.State.PUBLISHED])
def test_lobby_after_the_last_session_says_goodbye(event, attendee, enter, at, state):
    SessionFactory(event=event, starts_at=at(-90), ends_at=at(-30))
    Event.objects.filter(pk=event.pk).update(state=state)

    page = enter(attendee).get(address(event)).content.decode()

    assert "Freshet 2026 is over. Thank you for being there." in page
    assert "The recordings are not here yet" in page


def test_a_title_in_the_sentence_is_text_and_not_markup(event, attendee, at):
    SessionFactory(event=event, title="<script>alert(1)</script>", ends_at=at(30))

    assert "<script>" not in sentence(event, attendee)


def test_strip_keeps_mine_when_there_are_too_many_at_a_time(event, attendee):
    crowd = SessionFactory.create_batch(12, event=event)
    StarFactory(session=crowd[-1], user=attendee)

    strip = selectors.lobby(event, attendee).strip

    assert len(strip.bars) == 6
    assert strip.mine == 1
    assert sum(bar.is_mine for bar in strip.bars) == 1


def test_lobby_costs_the_same_for_few_sessions_and_for_many(event, attendee, enter, at, django_assert_max_num_queries):
    client = enter(attendee)
    counts = []
    for more in (1, 2, 20):
        for number in range(more):
            SessionSpeakerFactory(session__event=event)
            made = SessionFactory(event=event, starts_at=at(30 + number), ends_at=at(90))
            SessionSpeakerFactory(session=made)
            BoothStaffFactory(booth__event=event)
            AnnouncementFactory(event=event)
        client.get(address(event))
        with django_assert_max_num_queries(50) as counted:
            client.get(address(event))
        counts.append(len(counted))
    assert counts[0] == counts[1] == counts[2]


def test_lobby_shows_what_is_asked_of_everybody(event, attendee, enter):
    PollFactory(event=event, session=None, state="open", question="Tea or coffee?")

    assert "Tea or coffee?" in enter(attendee).get(address(event)).content.decode()


def test_lobby_that_asks_nothing_waits_for_the_first_question(event, attendee, enter):
    PollFactory(event=event, session=None, state="draft", question="Tea or coffee?")

    page = enter(attendee).get(address(event)).content.decode()

    assert 'aria-labelledby="polls-head" hidden>' in page
    assert 'data-topic="event/polls"' in page
    assert "Tea or coffee?" not in page


def test_lobby_is_for_people_of_the_event(event, outsider, enter, visitor):
    SessionFactory(event=event, title="Eleven towns")

    to_register = enter(outsider).get(address(event))
    to_sign_in = visitor.get(address(event))

    assert to_register.headers["Location"] == reverse("events:register", args=[event.slug])
    assert to_sign_in.headers["Location"].startswith("/signin/")
    assert enter(RegistrationFactory(event=event).user).get(address(event)).status_code == 200
