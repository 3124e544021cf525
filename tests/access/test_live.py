"""No topic and no command of the socket reaches into an event that the ticket does not name."""

from typing import Any

import pytest

from apps.core.access import Access
from apps.core.errors import Refused
from apps.events.models import TicketKind
from apps.live.registry import Call, Who, registry
from tests.access import world
from tests.factories.events import RegistrationFactory

TOPICS = registry.patterns
COMMANDS = sorted(registry.commands.items())
EVERY_ROLE = frozenset({"attendee", "speaker", "exhibitor", "moderator", "organiser"})
SCOPED = [pattern for pattern in TOPICS if pattern.convert]
# Anybody who may see an event may hear these; nothing else may be left open.
FOR_VISITORS: set[str] = set()
OBJECTS = {
    "room_id": "chat.room",
    "asset_id": "media.asset",
    "stream_id": "media.stream",
    "transcript_id": "media.transcript",
    "session_id": "tracks.session",
    "poll_id": "polls.poll",
    "booth_id": "exhibitors.booth",
    "game_id": "quizzes.game",
    "ticket_id": "events.ticketkind",
}
BODIES: dict[str, dict[str, Any]] = {
    "chat.send": {"room": "chat.room", "text": "Hello"},
    "chat.remove": {"room": "chat.room", "message": "chat.message"},
    "chat.react": {"room": "chat.room", "kind": "heart"},
    "chat.mark": {"room": "chat.room", "message": "chat.message", "kind": "heart"},
    "chat.read": {"room": "chat.room", "seq": 1},
    "chat.edit": {"room": "chat.room", "message": "chat.message", "text": "Hello"},
    "chat.pin": {"room": "chat.room", "message": "chat.message"},
    "chat.report": {"room": "chat.room", "message": "chat.message", "reason": "spam"},
    "chat.decide": {"messages": ["chat.message"], "approve": True},
    "chat.settle": {"messages": ["chat.message"], "remove": True},
    "chat.remove_many": {"messages": ["chat.message"]},
    "chat.purge": {"person": "accounts.user"},
    "chat.bar": {"person": "accounts.user", "kind": "expel"},
    "chat.lift": {"person": "accounts.user", "kind": "mute"},
    "chat.rules": {"room": "chat.room", "open": False},
    "chat.undo": {"act": "chat.act"},
    "media.watch": {"film": "not-signed", "place": 1, "spans": []},
    "question.ask": {"session": "tracks.session", "text": "Who pays?"},
    "question.vote": {"question": "questions.question"},
    "question.follow": {"question": "questions.question"},
    "question.withdraw": {"question": "questions.question"},
    "question.move": {"question": "questions.question", "to": "answered"},
    "question.next": {"session": "tracks.session"},
    "poll.vote": {"poll": "polls.poll", "option": "polls.option"},
    "quiz.join": {"game": "quizzes.game", "name": "Otto"},
    "quiz.answer": {"game": "quizzes.game", "position": 1, "said": "2"},
    "quiz.mine": {"game": "quizzes.game"},
    "quiz.depart": {"game": "quizzes.game"},
    "quiz.arrive": {"game": "quizzes.game", "word": "none"},
    "quiz.step": {"game": "quizzes.game", "do": "next", "position": 0},
}


def template(value):
    return getattr(value, "template", None) or (value if isinstance(value, str) else "")


@pytest.fixture
def there(built, db):
    return built()


@pytest.fixture
def stranger(db):
    """Somebody with every role there is, in another event."""
    place = RegistrationFactory(event__slug="here")
    return Who(place.user_id, place.event_id, "Otto Fremd", EVERY_ROLE, 1)


def pk_of(place, label):
    return next(row.pk for model, row in place.things.items() if model._meta.label_lower == label)


def parameters(pattern, place):
    own = {"user_id": place.people["organiser"].pk, "number": 1, "language": "en"}
    own["stage"] = f"session-{pk_of(place, 'tracks.session')}"
    return {name: own[name] if name in own else pk_of(place, OBJECTS[name]) for name in pattern.convert}


def filled(value, place):
    """A body's value with the ids of this place in it."""
    if isinstance(value, list):
        return [filled(one, place) for one in value]
    return pk_of(place, value) if "." in str(value) else value


@pytest.mark.parametrize("pattern", TOPICS, ids=template)
def test_visitor_without_a_role_hears_nothing(pattern):
    visitor = Who(None, 1, "", frozenset(), 1)
    assert isinstance(pattern.topic.access, Access)
    assert visitor.may(pattern.topic.access) is (pattern.template in FOR_VISITORS)


def opens(pattern, who, place):
    try:
        pattern.topic.guard(who, **parameters(pattern, place))
    except Refused:
        return False
    return True


@pytest.mark.parametrize("pattern", SCOPED, ids=template)
def test_topic_of_another_event_is_refused(pattern, there, stranger):
    assert not opens(pattern, stranger, there)


@pytest.mark.parametrize("pattern", SCOPED, ids=template)
def test_topic_opens_for_its_own_people(pattern, there):
    RegistrationFactory(event=there.event, user=there.people["organiser"], ticket=there.things[TicketKind])
    organiser = Who(there.people["organiser"].pk, there.event.pk, "Inês", EVERY_ROLE, 1)
    assert opens(pattern, organiser, there)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=template)
def test_command_into_another_event_is_refused(name, command, there, stranger):
    assert isinstance(command.access, Access)
    assert command.access is not Access.ANYONE
    assert name in BODIES, f"Say in BODIES what {name} takes."
    body = {key: filled(value, there) for key, value in BODIES[name].items()}
    before = world.fingerprint()
    answers = command.run([Call(stranger, command.Body(**body), "one")])
    assert [type(answer) for answer in answers] == [Refused]
    assert world.fingerprint() == before
