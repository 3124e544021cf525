"""Conversations."""

import factory

from apps.chat.models import Message, Room
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
