"""A session that the attendee may not go into."""

from types import SimpleNamespace

import pytest

from apps.chat import services as chats
from apps.events.models import Registration
from apps.polls import services as polls
from apps.questions import services as questions
from apps.quizzes import services as quizzes
from apps.tracks import selectors
from tests.factories.events import RegistrationFactory, TicketKindFactory
from tests.factories.quizzes import QuestionFactory, QuizFactory
from tests.factories.tracks import OpeningFactory, SeatFactory, SessionFactory
from tests.tracks.entering.doors import STAFF


@pytest.fixture(params=["seat", "ticket"])
def shut(request, event, attendee):
    """A running session that the attendee cannot go into, with everything in it; `open()` lets them in."""
    session = SessionFactory(event=event, sign_up=request.param == "seat")
    ticket = TicketKindFactory(event=event, opens_programme=request.param == "seat")
    Registration.objects.filter(event=event, user=attendee).update(ticket=ticket)
    poll = polls.open_poll(polls.create_poll(event=event, session=session, question="Who pays?", options=["A", "B"]))
    [asked] = questions.ask_questions(
        [questions.Asking(event.pk, session.pk, RegistrationFactory(event=event).user.pk, STAFF, "Who reads it?")]
    )
    quiz = QuizFactory(event=event, session=session)
    QuestionFactory(bank=quiz.bank)

    def let_in():
        if request.param == "seat":
            SeatFactory(session=session, user=attendee)
        else:
            OpeningFactory(ticket=ticket, session=session)
        selectors.forget_gates()

    return SimpleNamespace(
        session=session,
        poll=poll,
        question=asked.question.id,
        quiz=quiz,
        game=quizzes.open_lobby(quiz),
        room=chats.room_for(event, f"session/{session.pk}"),
        code=f"session.{request.param}",
        open=let_in,
    )
