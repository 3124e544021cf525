"""Every page of the platform is photographed, or it is said why not."""

from urllib.parse import urlsplit

from django.urls import resolve

from apps.chat.models import Group
from apps.notifications.models import MailboxMessage
from apps.quizzes.services import begin, hand_in
from tests.access import routes
from tests.factories.chat import MessageFactory
from tests.factories.events import RegistrationFactory
from tests.factories.media import AssetFactory, PagesFactory, TranscriptFactory
from tests.factories.polls import PollFactory
from tests.factories.quizzes import GameFactory, QuestionFactory, QuizFactory
from tests.factories.tracks import SessionFactory
from tests.screens import pages as screens


def pages():
    for route in routes.every_route():
        of_files = route.name in screens.FILES or route.name.startswith("api:")
        if not route.is_admin and not of_files and "get" in route.methods:
            yield route.name


def photographed():
    shown = {resolve(urlsplit(shot.path).path).view_name for shot in screens.PAGES.values()}
    return shown | {route for route, *_rest in screens.OF_ROWS.values()}


def test_every_page_is_photographed_or_left_out_for_a_reason():
    assert set(pages()) - photographed() - screens.LEFT_OUT.keys() == set()


def test_what_is_left_out_is_a_page_without_a_picture():
    assert screens.LEFT_OUT.keys() <= set(pages())
    assert not screens.LEFT_OUT.keys() & photographed()


def test_pages_of_rows_are_found(event):
    reader = RegistrationFactory(event=event, user__email=screens.PEOPLE["attendee"]).user
    message = MessageFactory(room__event=event, room__owner="lobby")
    poll = PollFactory(event=event)
    for kind in ("multiple", "scale", "ranking", "points", "words", "text"):
        PollFactory(event=event, kind=kind, state="closed")
    MailboxMessage.objects.create(to="nadia@lakeside.example", sender="no-reply@plenary.example", subject="Your place")
    Group.objects.create(event=event, name="Upstream of Marl")
    words = TranscriptFactory(asset__event=event)
    AssetFactory(event=event, pages=PagesFactory())
    session = SessionFactory(event=event)
    GameFactory(quiz__event=event)
    training = QuizFactory(event=event, mode="alone", is_published=True)
    QuestionFactory(bank=training.bank)
    hand_in(begin(training, user=reader))
    begin(training, user=reader)

    found = screens.row_pages()

    assert found.keys() == screens.OF_ROWS.keys()
    assert found["poll"].path == f"/e/freshet/polls/{poll.pk}/"
    assert found["message-sheet"].path == f"/e/freshet/chat/{message.room_id}/messages/{message.pk}/"
    assert found["conversation-search"].path == f"/e/freshet/chat/{message.room_id}/search/?q=morning"
    assert found["transcript"].path == f"/e/freshet/transcripts/{words.pk}/"
    assert found["captioner"].path == f"/e/freshet/captions/session/{session.pk}/"
    assert found["training-task"].path == f"/e/freshet/quizzes/{training.pk}/training/2/1/"
