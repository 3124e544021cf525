"""The quizzes of an event that is duplicated, with the banks that they ask from."""

from django.db.models import Q

from apps.events.registry.copying import Copy
from apps.quizzes.models import Bank, Choice, Question, Quiz
from apps.tracks.models import Session


def copy_quizzes(copy: Copy) -> None:
    source = copy.source
    copy.rows(Bank.objects.filter(event=source))
    copy.rows(Question.objects.filter(bank__event=source))
    copy.rows(Choice.objects.filter(question__bank__event=source))
    # The quiz of a session that stays behind would be everybody's: it stays with it.
    goes_along = Q(session=None) | Q(session__in=copy.ids(Session))
    copy.rows(Quiz.objects.filter(goes_along, event=source))
