"""Conversations."""

import factory

from apps.chat.models import Change, Message, Room
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room

    event = factory.SubFactory(EventFactory)
    owner = factory.Sequence(lambda n: f"lobby/{n}")


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    room = factory.SubFactory(RoomFactory)
    author = factory.SubFactory(UserFactory)
    seq = factory.Sequence(lambda n: n + 1)
    text = "Does the meadow flood every year?"


class ChangeFactory(factory.django.DjangoModelFactory):
    """What was done to a conversation: here, that its rules were set."""

    class Meta:
        model = Change

    room = factory.SubFactory(RoomFactory)
    seq = factory.Sequence(lambda n: n + 1)
    kind = Change.Kind.values[0]
