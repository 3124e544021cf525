"""Trainings: what can be worked through, one's own attempts, and their review."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from apps.core.errors import Refused
from apps.events.models import Event
from apps.quizzes import broadcasts
from apps.quizzes.models import Attempt, Question, Quiz, Task
from apps.quizzes.selectors.games import get_quiz, unknown
from apps.quizzes.selectors.running import can_run
from apps.quizzes.selectors.stage import files_of, sheet_from
from apps.quizzes.selectors.words import right_words, words_of
from apps.tracks import selectors as tracks

MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    text: dict[str, str]
    chosen: bool
    """By this person; of an order, where all are chosen, nothing is marked."""
    right: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A question of an attempt that was handed in, as it was asked; what was right stands in it where the quiz shows
    that."""

    position: int
    sheet: broadcasts.Sheet
    options: list[ReviewedOption]
    """What there was to choose from, in the order in which it stood there."""
    own: list[str]
    right: list[str]
    share: float
    explanation: str


def trainings(event: Event) -> QuerySet[Quiz]:
    found = Quiz.objects.filter(event=event, mode=Quiz.Mode.ALONE, is_published=True)
    return found.select_related("session", "event").order_by("-created_at", "-pk")


def get_training(event_id: int, quiz_id: int, *, user_id: int, roles: frozenset[str]) -> Quiz:
    """One that this person may see. Refused where there is none, or its session does not let them in."""
    quiz = get_quiz(event_id, quiz_id)
    if quiz.mode != Quiz.Mode.ALONE or not (quiz.is_published or can_run(quiz, roles, user_id)):
        raise unknown()
    tracks.check_enters(event_id, quiz.session_id, user_id=user_id, roles=roles)
    return quiz


def own_attempts(quiz: Quiz, user_id: int) -> list[Attempt]:
    return list(Attempt.objects.filter(quiz=quiz, user=user_id).order_by("-number")[:MOST_ATTEMPTS])


def own_attempt(quiz: Quiz, user_id: int, number: int) -> Attempt:
    attempt = Attempt.objects.filter(quiz=quiz, user=user_id, number=number).first()
    if attempt is None:
        raise unknown()
    attempt.quiz = quiz
    return attempt


def attempt_left(quiz: Quiz, attempts: Sequence[Attempt]) -> bool:
    """Whether a new one may be begun."""
    return not quiz.most_attempts or len(attempts) < quiz.most_attempts


def task_at(attempt: Attempt, position: int) -> Task:
    task = attempt.tasks.filter(position=position).first()
    if task is None:
        raise unknown()
    return task


def task_sheet(task: Task, event: Event) -> broadcasts.Sheet:
    return sheet_from(task.kind, task.sheet, event, seconds=0, worth=task.worth)


def weight_words(task: Task, among: Sequence[Task]) -> str:
    """What sets a question apart from the others of its attempt; mostly nothing."""
    if task.worth == Question.Worth.DOUBLE:
        return _("counts twice") if any(one.worth != task.worth for one in among) else ""
    return _("does not count") if not task.worth and any(one.worth for one in among) else ""


def asked(attempt: Attempt, event: Event) -> list[tuple[int, broadcasts.Sheet, Any]]:
    """Each question with its place and what is answered so far; two queries for any number."""
    tasks = list(attempt.tasks.order_by("position"))
    files = files_of((task.sheet for task in tasks), event)
    return [
        (task.position, sheet_from(task.kind, task.sheet, event, seconds=0, worth=task.worth, files=files), task.said)
        for task in tasks
    ]


def review(attempt: Attempt) -> list[Reviewed]:
    """Only of an attempt that is handed in."""
    if attempt.finished_at is None:
        raise Refused("quiz.not_handed_in", _("Hand it in first; then you see how you did."))
    shows, event = attempt.quiz.reviews, attempt.quiz.event
    tasks = list(attempt.tasks.order_by("position"))
    files = files_of((task.sheet for task in tasks), event)
    return [
        Reviewed(
            position=task.position,
            sheet=sheet_from(task.kind, task.sheet, event, seconds=0, worth=task.worth, files=files),
            options=_options(task, shows=shows),
            own=words_of(task, task.said) if task.said is not None else [],
            right=right_words(task) if shows else [],
            share=task.share or 0.0,
            explanation=str(LazyI18nString(task.key["explanation"])) if shows and task.key["explanation"] else "",
        )
        for task in tasks
    ]


def _options(task: Task, *, shows: bool) -> list[ReviewedOption]:
    if task.kind == "truth":
        named: list[tuple[Any, dict[str, str]]] = [(True, {"": _("True")}), (False, {"": _("False")})]
    else:
        named = [(option["id"], option["text"]) for option in task.sheet.get("options", ())]
    chosen, right = _places(task, task.said), _places(task, task.key["right"]) if shows else []
    return [ReviewedOption(text, place in chosen, place in right) for place, text in named]


def _places(task: Task, said: Any) -> list[Any]:
    """Which of the options these are; of an order it is not which, but where."""
    if said is None or task.kind == "order":
        return []
    return said if isinstance(said, list) else [said]


def attempts_report(quiz: Quiz) -> Iterator[list[Any]]:
    """A row for each attempt, for those who run the training."""
    yield [_("Person"), _("Attempt"), _("Begun"), _("Handed in"), _("Percent"), _("Passed")]
    attempts = Attempt.objects.filter(quiz=quiz).select_related("user").order_by("user__name", "user", "number")
    for attempt in attempts.iterator():
        handed_in = attempt.finished_at
        yield [
            attempt.user.name,
            attempt.number,
            attempt.started_at.isoformat(timespec="seconds"),
            handed_in.isoformat(timespec="seconds") if handed_in else "",
            "" if attempt.percent is None else attempt.percent,
            "" if attempt.passed is None else _("yes") if attempt.passed else _("no"),
        ]


def tasks_report(quiz: Quiz) -> Iterator[list[Any]]:
    """A row for each question as it was asked, over all attempts that were handed in: one whose words were changed has
    a row for each of its wordings, one that was deleted stands at the end."""
    yield [_("Question"), _("Asked"), _("Wholly right"), _("No answer"), _("Right, in percent")]
    found = (
        Task.objects.filter(attempt__quiz=quiz, attempt__finished_at__isnull=False)
        .values("question", "sheet__text")
        .annotate(
            asked=Count("pk"),
            right=Count("pk", filter=Q(share=1)),
            none=Count("pk", filter=Q(said__isnull=True)),
            part=Sum("share"),
            first=Min("pk"),
        )
        .order_by(F("question__position").asc(nulls_last=True), "question_id", "first")
    )
    # Two wordings may differ in another language only: to this reader they are one.
    sums: dict[tuple[int | None, str], list[float]] = {}
    for row in found:
        text = str(LazyI18nString(row["sheet__text"]))
        numbers = [row["asked"], row["right"], row["none"], row["part"] or 0]
        before = sums.get((row["question"], text), [0, 0, 0, 0])
        sums[row["question"], text] = [one + other for one, other in zip(before, numbers, strict=True)]
    for (_question, text), (asked, right, none, part) in sums.items():
        yield [text, asked, right, none, round(100 * part / asked)]
