"""Polls."""

import factory

from apps.polls import kinds
from apps.polls.models import Answer, Option, Poll, Template
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory, OrganisationFactory


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
    user = factory.SubFactory(UserFactory)
    voter = factory.LazyAttribute(lambda answer: str(answer.user.pk))
    said = factory.LazyAttribute(lambda answer: {"option": OptionFactory(poll=answer.poll).pk})
    counts = factory.LazyAttribute(lambda answer: kinds.counts_of(answer.said))
    round = factory.SelfAttribute("poll.round")


class TemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Template

    organisation = factory.SubFactory(OrganisationFactory)
    name = "Who pays"
    kind = "single"
    content = factory.LazyFunction(
        lambda: {
            "kind": "single",
            "question": "Who should pay?",
            "options": ["All", "Some"],
            "low_words": "",
            "high_words": "",
        }
    )
