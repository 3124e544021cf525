"""Who has not answered what must be answered: whoever was invited, and whoever agreed to words that are others now."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.events.models import Answer, Choice, Event, Question, Registration


def owes_answers() -> Exists:
    """A condition on registrations: something is asked with their ticket and must be answered, and they have not, or
    agreed to former words of it. What offers nothing to choose from is asked of nobody."""
    is_now = ~Q(question__kind=Question.Kind.CONSENT) | Q(version=F("question__version"))
    answered = Answer.objects.filter(is_now, registration=OuterRef(OuterRef("pk")), question=OuterRef("pk"))
    only = Question.tickets.through.objects.filter(question=OuterRef("pk"))
    with_theirs = ~Exists(only) | Exists(only.filter(ticketkind=OuterRef(OuterRef("ticket"))))
    can_be_answered = ~Q(kind__in=Question.OF_CHOICES) | Exists(Choice.objects.filter(question=OuterRef("pk")))
    asked = Question.objects.filter(with_theirs, can_be_answered, event=OuterRef("event"), required=True, is_asked=True)
    return Exists(asked.filter(~Exists(answered)).order_by())


def owing(event: Event) -> QuerySet[Registration]:
    """The places of the event whose people have not answered, in no order."""
    return Registration.objects.confirmed().filter(owes_answers(), event=event).order_by()


def is_owing(event: Event, user: User) -> bool:
    """Whether this person has a place, and something to answer. One query."""
    return owing(event).filter(user=user.pk).exists()
