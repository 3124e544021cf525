"""Quizzes."""

import factory

from apps.quizzes.models import Allowance, Attempt, Bank, Choice, Game, Question, Quiz, Seat, Side
from apps.quizzes.services import begin, open_lobby
from tests.factories.accounts import UserFactory
from tests.factories.events import EventFactory


class BankFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Bank

    event = factory.SubFactory(EventFactory)
    name = "Rivers"


class QuestionFactory(factory.django.DjangoModelFactory):
    """Which of three is right: the second."""

    class Meta:
        model = Question
        skip_postgeneration_save = True

    bank = factory.SubFactory(BankFactory)
    text = "How many towns share the floodplain?"
    position = factory.Sequence(lambda n: n)
    seconds = 20

    @factory.post_generation
    def choices(self, create, extracted, **kwargs):
        """[(text, is right)]"""
        given = [("Nine", False), ("Eleven", True), ("Fourteen", False)] if extracted is None else extracted
        for place, (text, is_right) in enumerate(given):
            Choice.objects.create(question=self, text=text, is_right=is_right, position=place)


class QuizFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quiz

    event = factory.SubFactory(EventFactory)
    bank = factory.SubFactory(BankFactory, event=factory.SelfAttribute("..event"))
    title = "The level quiz"


class GameFactory(factory.django.DjangoModelFactory):
    """A lobby, by the way by which organisers open one; a question is written where the bank has none."""

    class Meta:
        model = Game

    quiz = factory.SubFactory(QuizFactory)

    @classmethod
    def _create(cls, model_class, *args, quiz, **changes):
        if not quiz.bank.questions.exists():
            QuestionFactory(bank=quiz.bank)
        return open_lobby(quiz)


class SideFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Side

    game = factory.SubFactory(GameFactory)
    name = factory.Sequence(lambda n: f"Player {n}")


class SeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seat

    game = factory.SubFactory(GameFactory)
    side = factory.SubFactory(SideFactory, game=factory.SelfAttribute("..game"))
    user = factory.SubFactory(UserFactory)


class AttemptFactory(factory.django.DjangoModelFactory):
    """At a training, begun by the way by which people begin one."""

    class Meta:
        model = Attempt

    quiz = factory.SubFactory(QuizFactory, mode=Quiz.Mode.ALONE, is_published=True)
    user = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, quiz, user, **changes):
        if not quiz.bank.questions.exists():
            QuestionFactory(bank=quiz.bank)
        return begin(quiz, user=user)


class AllowanceFactory(factory.django.DjangoModelFactory):
    """Twice as much time, asked for and not given yet."""

    class Meta:
        model = Allowance

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)
    asked = 100
