"""A room of the event's lobby, and a place whose guard lets only staff write."""

import pytest

from apps.chat import registry, services
from apps.events import permissions
from tests.factories.tracks import SessionFactory
from tests.plugins.told import told  # noqa: F401


@pytest.fixture
def room(event):
    return services.room_for(event, "lobby")


@pytest.fixture
def session(event):
    return SessionFactory(event=event)


@pytest.fixture
def read_only_room(event):
    registry.owner_kind("notice", may_write=lambda room, user_id, roles: False)
    yield services.room_for(event, "notice/1")
    registry.forget("notice")


@pytest.fixture
def saying(room):
    """Makes a wish to say something: `saying(person, "text", room=…, command_id=…)`."""

    def make(person, text="The gauge stands at 2.10 m.", **changes):
        place = changes.pop("room", room)
        fields = {
            "event_id": place.event_id,
            "room_id": place.pk,
            "user_id": person.pk,
            "roles": permissions.roles_of(person, place.event),
            "text": text,
        }
        return services.Saying(**fields | changes)

    return make


@pytest.fixture
def say(saying):
    """Says it, and returns the one answer."""
    return lambda *args, **changes: services.send_messages([saying(*args, **changes)])[0]


@pytest.fixture
def actor(event):
    return lambda person: services.Actor(event.pk, person.pk, permissions.roles_of(person, event))


@pytest.fixture
def by(actor, moderator):
    return actor(moderator)


@pytest.fixture
def rules(room, moderator):
    return lambda **changes: services.set_rules(room, user_id=moderator.pk, **changes)
