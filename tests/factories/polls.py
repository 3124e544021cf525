"""Polls."""

import factory

from apps.polls.models import Answer, Option, Poll
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory


class PollFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Poll

    event = factory.SubFactory(EventFactory)
    question = "Who should move over for the river?"
    state = Poll.State.OPEN


class OptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Option

    poll = factory.SubFactory(PollFactory)
    text = factory.Iterator(("The town", "The field", "Both, a little"))
    position = factory.Sequence(lambda n: n)


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    poll = factory.SubFactory(PollFactory)
    option = factory.SubFactory(OptionFactory, poll=factory.SelfAttribute("..poll"))
    user = factory.SubFactory(UserFactory)
    round = factory.SelfAttribute("poll.round")
