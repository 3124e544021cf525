"""What the intake set aside."""

import factory

from apps.core import clock
from apps.intake.models import DeadLetter


class DeadLetterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DeadLetter

    kind = "polls.answer"
    gate = "poll/1/1"
    title = "Who should move over for the river?"
    key = factory.Sequence(str)
    revision = 1
    body = factory.LazyFunction(lambda: {"option": 1})
    at = factory.LazyFunction(clock.now)
    code = "intake.failed"
    reason = "insert or update violates a foreign key"
