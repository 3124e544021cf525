"""A session in which questions are asked, and people who ask and vote there."""

from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import Refused
from apps.questions import services
from apps.questions.models import Notice, Question
from apps.tracks.models import Session
from tests.factories.accounts import UserFactory
from tests.factories.tracks import SessionFactory, SessionSpeakerFactory, SpeakerFactory
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def session(event):
    return SessionFactory(event=event)


@pytest.fixture
def board(session):
    return services.set_rules(session, wait_seconds=0)


@pytest.fixture
def ask(session, board):
    """`ask(person, "Who reads the gauge?")`: the question as it is stored, or the refusal."""

    def make(person, text="Who reads the gauge?", *, roles=frozenset({"attendee"}), **changes):
        fields = {
            "event_id": session.event_id,
            "session_id": session.pk,
            "user_id": person.pk,
            "roles": roles,
            "text": text,
        }
        [answer] = services.ask_questions([services.Asking(**fields | changes)])
        return answer if isinstance(answer, Refused) else Question.objects.get(pk=answer.question.id)

    return make


@pytest.fixture
def vote():
    """`vote(question, person, …)`: what each is told."""

    def cast(question, *people, on=True):
        event_id = question.board.event_id
        return services.cast_votes([services.Wish(event_id, question.pk, person.pk, on) for person in people])

    return cast


@pytest.fixture
def crowd(db):
    return UserFactory.create_batch(4)


@pytest.fixture
def running(session, board, speaker):
    SessionSpeakerFactory(session=session, speaker=SpeakerFactory(event=session.event, user=speaker))
    now = clock.now()
    Session.objects.filter(pk=session.pk).update(starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(hours=1))
    return session


@pytest.fixture
def pass_time():
    """The pause is over; what is due then is written."""

    def wait():
        Notice.objects.filter(done_at=None).update(due_at=clock.now() - timedelta(seconds=1))
        return services.tell_due()

    return wait
