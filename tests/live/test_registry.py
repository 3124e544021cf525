"""Names of topics and commands: who declares what, and which roles open it."""

import msgspec
import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.core.access import Access
from apps.live import registry
from apps.live.registry import Command, LogTopic, StateTopic, Who
from tests.live import feature


def test_topic_is_found_by_its_name_with_typed_parameters(live):
    match = registry.resolve("room/12")

    assert isinstance(match.topic, feature.RoomTopic)
    assert match.params == {"room_id": 12}


def test_topic_writes_the_name_that_it_reads():
    assert feature.RoomTopic.name(room_id=12) == "room/12"


def test_topic_without_access_is_refused():
    class Open(LogTopic):
        pattern = "open"

    with pytest.raises(ImproperlyConfigured, match="who may come in"):
        registry.register(Open)


def test_topic_and_command_can_be_registered_once_only(live):
    for declared in (feature.RoomTopic, feature.Say):
        with pytest.raises(ImproperlyConfigured, match="twice"):
            registry.register(declared)


def test_command_that_takes_unknown_fields_is_refused():
    class Loose(Command):
        name = "loose"
        access = Access.ANYONE

        class Body(msgspec.Struct):
            pass

    with pytest.raises(ImproperlyConfigured, match="forbid_unknown_fields"):
        registry.register(Loose)


@pytest.mark.parametrize(
    ("access", "roles", "user_id", "may"),
    [
        (Access.PUBLIC, (), None, True),
        (Access.SIGNED_IN, (), None, False),
        (Access.SIGNED_IN, (), 7, True),
        (Access.ATTENDEE, (), 7, False),
        (Access.ATTENDEE, ("speaker",), 7, True),
        (Access.MODERATOR, ("attendee",), 7, False),
        (Access.MODERATOR, ("organiser",), 7, True),
        (Access.PLATFORM_STAFF, ("organiser",), 7, False),
    ],
)
def test_roles_open_what_they_may(access, roles, user_id, may):
    assert Who(user_id, 1, "", frozenset(roles), 1).may(access) is may


def test_every_registered_topic_and_command_says_who_may_come_in():
    declared = [*registry.registry.topics(), *registry.registry.commands.values()]

    assert all(isinstance(one.access, Access) for one in declared)
    assert all(isinstance(one, LogTopic | StateTopic | Command) for one in declared)


def test_what_belongs_to_one_person_is_never_in_the_feed_of_an_audience():
    class Open(StateTopic):
        pattern = "person/{user_id:int}/open"
        access = Access.ATTENDEE

    with pytest.raises(ImproperlyConfigured, match="feed = False"):
        registry.register(Open)
    theirs = [topic for topic in registry.registry.topics() if topic.pattern.startswith("person/")]
    assert theirs
    assert not any(topic.feed for topic in theirs)
