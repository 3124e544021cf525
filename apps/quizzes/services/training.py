"""Working through a quiz by oneself: attempts begin, are answered in any order, and handed in."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused
from apps.quizzes.models import Attempt, Question, Quiz, Task
from apps.quizzes.registry import Said, kind_of
from apps.quizzes.registry.words import in_languages
from apps.quizzes.services.running import drawn_questions, sheet_of


def begin(quiz: Quiz, *, user: User) -> Attempt:
    """The attempt that is under way, else a new one, of questions as they are written now."""
    found = Attempt.objects.filter(quiz=quiz, user=user, finished_at=None).first()
    if found is not None:
        return found
    if not quiz.is_published or quiz.mode != Quiz.Mode.ALONE:
        raise Refused("quiz.not_published", _("This training is not open."), status=403)
    last = Attempt.objects.filter(quiz=quiz, user=user).aggregate(most=Max("number"))["most"] or 0
    if quiz.most_attempts and last >= quiz.most_attempts:
        raise Refused("quiz.no_attempt_left", _("You have used all attempts. Your best one stands."))
    questions = drawn_questions(quiz)
    try:
        with transaction.atomic():
            attempt = Attempt.objects.create(quiz=quiz, user=user, number=last + 1)
            Task.objects.bulk_create(_task(attempt, place, question) for place, question in enumerate(questions, 1))
    except IntegrityError:  # begun on another device, at the same moment
        return Attempt.objects.get(quiz=quiz, user=user, finished_at=None)
    return attempt


def _task(attempt: Attempt, place: int, question: Question) -> Task:
    drawn = kind_of(question.kind).draw(question, list(question.choices.all()))
    main = question.bank.event.default_language
    return Task(
        attempt=attempt,
        question=question,
        position=place,
        kind=question.kind,
        sheet=drawn.sheet | sheet_of(question),
        key=drawn.key | {"explanation": in_languages(question.explanation, main)},
        worth=question.worth,
    )


@transaction.atomic
def answer_task(attempt: Attempt, *, position: int, said: Said) -> None:
    """Keeps the answer; it may be changed until the attempt is handed in."""
    locked = _open(attempt)
    task = locked.tasks.filter(position=position).first()
    if task is None:
        raise Refused("quiz.unknown", _("There is no such question in this attempt."), status=404)
    task.said = kind_of(task.kind).parse(task.sheet, said)
    task.save(update_fields=["said"])


@transaction.atomic
def hand_in(attempt: Attempt) -> Attempt:
    """Marks the attempt; a question without an answer is not right. It cannot be changed afterwards."""
    locked = _open(attempt)
    tasks = list(locked.tasks.all())
    for task in tasks:
        task.share = 0.0 if task.said is None else kind_of(task.kind).mark(task.key, task.said)
    Task.objects.bulk_update(tasks, ["share"])
    locked.finished_at = clock.now()
    locked.percent = _percent(tasks)
    locked.passed = locked.percent >= locked.quiz.pass_percent
    locked.save(update_fields=["finished_at", "percent", "passed"])
    return locked


def _percent(tasks: Sequence[Task]) -> int:
    """By what each is worth; where none is worth anything all weigh the same. Never up to the mark by rounding."""
    whole = sum(task.worth for task in tasks)
    weights = [task.worth if whole else 1 for task in tasks]
    right = sum(weight * (task.share or 0) for weight, task in zip(weights, tasks, strict=True))
    return int(100 * right / sum(weights) + 1e-9)


def _open(attempt: Attempt) -> Attempt:
    locked = Attempt.objects.select_for_update(no_key=True, of=("self",)).select_related("quiz").get(pk=attempt.pk)
    if locked.finished_at is not None:
        raise Refused("quiz.handed_in", _("This attempt is handed in. It stays as it is."))
    return locked
