"""Lobby and "next for you" send nobody to a session that they cannot go into."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.events import permissions
from apps.events.models import Registration
from apps.events.registry import next_for_you
from apps.polls import services as polls
from apps.quizzes import services as quizzes
from apps.venue import selectors
from tests.factories.events import TicketKindFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory, StarFactory


@pytest.fixture(params=["seat", "ticket"])
def shut(request, event, attendee):
    """A running session that the attendee starred and cannot go into, with an open poll and a quiz."""
    session = SessionFactory(event=event, title="Dikes", sign_up=request.param == "seat")
    ticket = TicketKindFactory(event=event, opens_programme=request.param == "seat")
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    StarFactory(session=session, user=attendee)
    polls.open_poll(polls.create_poll(event=event, session=session, question="Who pays?", options=["A", "B"]))
    quiz = QuizFactory(event=event, session=session, title="Read the gauge")
    QuestionFactory(bank=quiz.bank)
    quizzes.open_lobby(quiz)
    return session


def let_in(session, person):
    if session.sign_up:
        SeatFactory(session=session, user=person)
    else:
        OpeningFactory(ticket=Registration.objects.get(user=person).ticket, session=session)


def offered(event, person):
    return {str(entry.title) for entry in next_for_you.of(event, person, permissions.roles_of(person, event))}


def test_next_for_you_leaves_out_what_is_shut(event, shut, attendee):
    assert offered(event, attendee) == set()

    let_in(shut, attendee)

    assert offered(event, attendee) == {"Dikes", "Who pays?", "Read the gauge"}


def test_lobby_leaves_out_what_is_shut(event, shut, attendee):
    roles = permissions.roles_of(attendee, event)
    assert selectors.lobby(event, attendee, roles).running == []

    let_in(shut, attendee)

    assert [row.session for row in selectors.lobby(event, attendee, roles).running] == [shut]


def test_lobby_tells_of_what_one_may_still_sign_up_for(event, attendee):
    coming = SessionFactory(
        event=event, sign_up=True, starts_at=clock.now() + timedelta(hours=1), ends_at=clock.now() + timedelta(hours=2)
    )

    assert selectors.lobby(event, attendee, frozenset({"attendee"})).coming == [coming]


def test_staff_are_sent_everywhere(event, shut, moderator):
    roles = permissions.roles_of(moderator, event)

    assert [row.session for row in selectors.lobby(event, moderator, roles).running] == [shut]
