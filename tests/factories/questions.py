"""Questions of the audience."""

import factory

from apps.questions.models import Board, Change, Follow, Question, Vote
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory
from tests.factories.tracks import SessionFactory


class BoardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Board

    event = factory.SubFactory(EventFactory)
    session = factory.SubFactory(SessionFactory, event=factory.SelfAttribute("..event"))
    wait_seconds = 0


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    board = factory.SubFactory(BoardFactory)
    author = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda n: f"Who reads gauge {n}, and do all eleven towns believe it?")


class VoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vote

    question = factory.SubFactory(QuestionFactory)
    user = factory.SubFactory(UserFactory)


class FollowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Follow

    question = factory.SubFactory(QuestionFactory)
    user = factory.SubFactory(UserFactory)


class ChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Change

    board = factory.SelfAttribute("question.board")
    question = factory.SubFactory(QuestionFactory)
    seq = factory.Sequence(lambda n: n + 1)
