"""The quizzes of an event that is duplicated, with the banks that they ask from."""

from apps.events.registry.copying import Copy
from apps.quizzes.models import Bank, Choice, Question, Quiz


def copy_quizzes(copy: Copy) -> None:
    source = copy.source
    copy.rows(Bank.objects.filter(event=source))
    copy.rows(Question.objects.filter(bank__event=source))
    copy.rows(Choice.objects.filter(question__bank__event=source))
    copy.rows(Quiz.objects.filter(event=source))
