"""Conversations."""

import factory

from apps.chat.models import (
    Act,
    Attachment,
    Change,
    Declined,
    Group,
    Mark,
    Member,
    Mention,
    Message,
    Reading,
    Report,
    Room,
    Sanction,
    Word,
    Wording,
)
from apps.core import clock
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
    kind = Change.Kind.ROOM
    value = {"open": False, "slow": 30}


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Report

    message = factory.SubFactory(MessageFactory)
    by = factory.SubFactory(UserFactory)
    reason = Report.Reason.SPAM.value


class WordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Word

    event = factory.SubFactory(EventFactory)
    language = "en"
    text = "bilge"
    folded = factory.LazyAttribute(lambda word: word.text.lower())


class SanctionFactory(factory.django.DjangoModelFactory):
    """A mute for the whole event."""

    class Meta:
        model = Sanction

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)
    kind = Sanction.Kind.MUTE.value


class ActFactory(factory.django.DjangoModelFactory):
    """A line of the record: here, that somebody was muted."""

    class Meta:
        model = Act

    event = factory.SubFactory(EventFactory)
    by = factory.SubFactory(UserFactory)
    kind = Act.Kind.MUTE.value


class WordingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Wording

    message = factory.SubFactory(MessageFactory)
    text = "Does the meadow flod every year?"


class MentionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mention

    message = factory.SubFactory(MessageFactory)
    user = factory.SubFactory(UserFactory)


class MarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mark

    message = factory.SubFactory(MessageFactory)
    user = factory.SubFactory(UserFactory)
    kind = "heart"


class AttachmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attachment

    room = factory.SubFactory(RoomFactory)
    by = factory.SubFactory(UserFactory)
    kind = Attachment.Kind.PDF
    name = "gauges.pdf"
    file = "chat/gauges.pdf"
    size = 2048


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reading

    room = factory.SubFactory(RoomFactory)
    user = factory.SubFactory(UserFactory)
    seq = 1


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    event = factory.SubFactory(EventFactory)
    name = "Gauge readers"
    made_by = factory.SubFactory(UserFactory)


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)
    joined_at = factory.LazyFunction(clock.now)


class DeclinedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Declined

    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)
