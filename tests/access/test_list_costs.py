"""Every list of the API costs the same queries for one row and for many: all lists, found in the API's description."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from apps.chat import services as chats
from apps.chat.models import Message, Room
from apps.core import clock
from apps.polls.models import Poll
from apps.questions.models import Question
from apps.tracks.models import Session
from tests.access import world
from tests.factories import chat, exhibitors, media, polls, questions, quizzes, tracks
from tests.factories import events as of_events
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory


def spoken(place):
    tracked = tracks.TrackFactory(event=place.event)
    link = tracks.SessionSpeakerFactory(session__event=place.event, session__track=tracked)
    link.session.tags.add(tracks.TagFactory(event=place.event))


def asked(place):
    board, author = place.things[Question].board, UserFactory()
    question = questions.QuestionFactory(board=board, author=author, text=f"{world.SECRET}, for whom {author.pk}?")
    questions.VoteFactory(question=question, user=UserFactory())


def said(place):
    """By somebody else each time, as the room itself counts what is said in it."""
    author = of_events.EventRoleFactory(event=place.event, role="moderator").user
    saying = chats.Saying(
        event_id=place.event.pk,
        room_id=place.things[Room].pk,
        user_id=author.pk,
        roles=frozenset({"moderator"}),
        text=f"{world.SECRET} {author.pk}",
    )
    [message] = chats.send_messages([saying])
    chat.MarkFactory(message_id=message.id, message=None, user=UserFactory())


def reported(place):
    message = chat.MessageFactory(room=place.things[Room], author=UserFactory())
    chat.ReportFactory(message=message, by=UserFactory())


def barred(place):
    user = of_events.RegistrationFactory(event=place.event).user
    chat.SanctionFactory(event=place.event, user=user)
    of_events.BanFactory(event=place.event, user=of_events.RegistrationFactory(event=place.event).user)


def asked_all(place):
    poll = polls.PollFactory(event=place.event, session=tracks.SessionFactory(event=place.event))
    polls.OptionFactory(poll=poll)


def written(place):
    poll = place.things[Poll]
    poll.kind = Poll.Kind.TEXT
    poll.save()
    polls.AnswerFactory(poll=poll, said={"text": f"{world.SECRET} {UserFactory().pk}"})


def played(place):
    quizzes.GameFactory(quiz=quizzes.QuizFactory(event=place.event))


def staffed(place):
    booth = exhibitors.BoothFactory(event=place.event)
    exhibitors.BoothStaffFactory(booth=booth, user=UserFactory())
    exhibitors.BoothDocumentFactory(booth=booth, asset=media.AssetFactory(event=place.event))


def member(place):
    person = place.people["organiser"]
    group = chat.GroupFactory(event=place.event, made_by=person)
    chat.MemberFactory(group=group, user=person)
    chat.RoomFactory(event=place.event, owner=f"group/{group.pk}")


MORE = {
    "api:event-list": lambda place: EventFactory(),
    "api:event-announcements": lambda place: of_events.AnnouncementFactory(event=place.event, by=UserFactory()),
    "api:booths": staffed,
    "api:assets": lambda place: media.AssetFactory(event=place.event),
    "api:agenda-sessions": spoken,
    "api:agenda-session": lambda place: tracks.SessionSpeakerFactory(
        session=place.things[Session], speaker__event=place.event
    ),
    "api:agenda-speakers": spoken,
    "api:agenda-tracks": spoken,
    "api:agenda-rooms": spoken,
    "api:polls": asked_all,
    "api:poll-texts": written,
    "api:poll-words": written,
    "api:poll-templates": lambda place: polls.TemplateFactory(organisation=place.event.organisation),
    "api:quizzes": played,
    "api:questions": asked,
    "api:questions-similar": asked,
    "api:chat-places": member,
    "api:chat-room": said,
    "api:chat-messages": said,
    "api:chat-search": said,
    "api:chat-clock": said,
    "api:chat-people": lambda place: of_events.RegistrationFactory(event=place.event, user__name=world.SECRET),
    "api:chat-waiting": lambda place: chat.MessageFactory(room=place.things[Room], seq=None, held="waiting"),
    "api:chat-reports": reported,
    "api:chat-barred": barred,
    "api:chat-words": lambda place: chat.WordFactory(event=place.event, text=f"word {UserFactory().pk}"),
    "api:chat-log": lambda place: chat.ActFactory(event=place.event, person=UserFactory(), room=place.things[Room]),
}  # fmt: skip
"""How one more row comes into each list, as an organiser reads it."""
ASKS = {
    "api:chat-search": {"q": world.SECRET},
    "api:chat-people": {"q": world.SECRET},
    "api:chat-clock": {"begin": 0, "end": 600},
    "api:questions-similar": {"q": f"{world.SECRET}, and for whom?"},
}
NO_LISTS = {
    "api:me", "api:event-detail", "api:booth", "api:asset", "api:agenda-speaker", "api:upload", "api:poll",
    "api:poll-results", "api:question", "api:questions-rules", "api:quiz", "api:chat-message", "api:chat-reactions",
    "api:agenda-seat",
}  # fmt: skip
"""Calls that answer one thing; what is inside it has a bound of its own."""


def reads():
    """{route: its parameters}, of every GET that the API describes."""
    found = {}
    for path, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        if call := methods.get("get"):
            names = [part["name"] for part in call.get("parameters", ()) if part["in"] == "path"]
            plain = path
            for name in names:
                plain = plain.replace(f"{{{name}}}", "1")
            found[f"api:{resolve(plain).url_name}"] = (path, names)
    return found


READS = reads()


def test_every_read_is_known_as_a_list_or_as_none():
    assert set(READS) == set(MORE) | NO_LISTS
    assert not set(MORE) & NO_LISTS


@pytest.fixture
def place(db):
    cache.clear()
    return world.build(EventFactory(name=f"{world.SECRET} days", slug="there", organisation__name=world.SECRET))


@pytest.mark.parametrize("name", sorted(MORE))
def test_list_costs_the_same_for_one_row_and_for_many(name, place, enter):
    client, (path, parameters) = enter(place.people["organiser"]), READS[name]
    if name == "api:chat-clock":
        begins = clock.now() - timedelta(minutes=5)
        session = tracks.SessionFactory(
            event=place.event, video=media.AssetFactory(event=place.event), starts_at=begins, ends_at=clock.now()
        )
        place.things[Room] = chats.room_for(place.event, f"session/{session.pk}")
        place.things[Session] = session
    Message.objects.update(seq=F("pk") + 10**6)  # out of the way of what the room counts itself
    arguments = world.arguments(place, name, tuple(parameters))
    address = path.format(**arguments)

    def look():
        with CaptureQueriesContext(
            connection,
        ) as counted:
            answer = client.get(address, ASKS.get(name, {}))
        assert answer.status_code == 200, answer.content[:300]
        return len(answer.content), len(counted)

    MORE[name](place)
    look()  # what is remembered from here on is read once
    small, queries = look()
    for _row in range(5):
        MORE[name](place)
    look()
    large, queries_then = look()
    assert queries_then == queries
    if name != "api:questions-similar":  # three at most
        assert large > small
