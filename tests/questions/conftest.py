"""A session in which questions are asked, and people who ask and vote there."""

import pytest

from apps.core.errors import Refused
from apps.questions import services
from apps.questions.models import Question
from tests.factories.accounts import UserFactory
from tests.factories.tracks import SessionFactory
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
