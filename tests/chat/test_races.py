"""What an author or a moderator takes away at the moment at which somebody else lets it through."""

import pytest
from django.db import transaction

from apps.chat import services
from apps.chat.models import Change, Message
from tests.factories.chat import MessageFactory
from tests.factories.events import EventFactory, EventRoleFactory, RegistrationFactory
from tests.polls.test_going import Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held():
    """A message that waits, and who may decide about it."""
    event = EventFactory()
    moderator, author = EventRoleFactory(event=event, role="moderator").user, RegistrationFactory(event=event).user
    room = services.room_for(event, "lobby")
    by = services.Actor(event.pk, moderator.pk, frozenset({"moderator"}))
    return MessageFactory(room=room, author=author, seq=None, held="waiting"), by


def approved_meanwhile(held, by, deed):
    """What came of `deed`, which had to wait for the approval."""
    with transaction.atomic():
        services.decide(by, messages=[held.pk], approve=True)
        other = Elsewhere(deed)
        assert other.is_waiting()
    other.join(60)
    return other.found


def told(held):
    return list(Change.objects.filter(room=held.room_id).order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize("by_moderator", [False, True])
def test_message_that_is_removed_while_it_is_let_through_leaves_every_page(held, by_moderator):
    message, by = held
    person, roles = (by.user_id, by.roles) if by_moderator else (message.author_id, frozenset({"attendee"}))

    def remove():
        wish = {"event_id": by.event_id, "room_id": message.room_id, "message_id": message.pk}
        return services.remove_message(**wish, user_id=person, roles=roles)

    removed = approved_meanwhile(message, by, remove)

    assert removed.by == ("moderator" if by_moderator else "author")
    assert Message.objects.get().seq is not None
    assert told(message) == ["removed"]


def test_purge_tells_of_what_was_let_through_meanwhile(held):
    message, by = held

    approved_meanwhile(message, by, lambda: services.purge(by, person_id=message.author_id))

    assert Message.objects.get().removed == "moderator"
    assert told(message) == ["purged"]
