"""How games and trainings went, as rows to be read page by page: its questions, its people, its answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Avg, BigIntegerField, Count, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import Cast

from apps.quizzes.models import Answer, Attempt, Game, Quiz, Seat, Task

WHOLLY, PARTLY, NOT = Q(share=1), Q(share__gt=0, share__lt=1), Q(share=0)
MOST_SIDES = 2**40
"""More than there are numbers of sides; what a side can have of points fits above it."""


def revealed_turns(game: Game) -> QuerySet[Any]:
    """The questions whose answers were revealed, with how many answered, rightly, how quickly, for how many points."""
    turns = game.turns.filter(closed_at__isnull=False).annotate(
        answered=Count("taken"),
        right=Count("taken", filter=Q(taken__share=1)),
        partly=Count("taken", filter=Q(taken__share__gt=0, taken__share__lt=1)),
        after=Avg("taken__after_ms"),
        base=Avg("taken__base"),
        bonus=Avg("taken__bonus"),
    )
    return turns.order_by("position")


def entered(game: Game) -> list[int]:
    """Of each that scores, the first question that they could answer."""
    return list(game.sides.values_list("enters_at", flat=True))


def results(game: Game) -> QuerySet[Any]:
    """Who played, with their `standing`: one number by which more points come first, and a team stays together."""
    points, side = Cast("side__points", BigIntegerField()), F("side_id")
    seats = Seat.objects.filter(game=game).select_related("side", "user")
    return seats.annotate(standing=ExpressionWrapper(points * MOST_SIDES - side, output_field=BigIntegerField()))


def marks_of(game: Game, side_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By side: how many of its answers were right, partly, not; and after how long they came, on average."""
    found = Answer.objects.filter(turn__game=game, turn__closed_at__isnull=False, side__in=[*side_ids]).order_by()
    counted: Any = found.values("side").annotate(
        right=Count("pk", filter=WHOLLY),
        partly=Count("pk", filter=PARTLY),
        wrong=Count("pk", filter=NOT),
        after=Avg("after_ms"),
    )
    return {row["side"]: row for row in counted}


def answers(game: Game, *, position: int | None = None, person: int | None = None) -> QuerySet[Any]:
    """What was answered to the questions that are revealed, with their `position`."""
    rows = Answer.objects.filter(turn__game=game, turn__closed_at__isnull=False).select_related("turn", "side")
    if position is not None:
        rows = rows.filter(turn__position=position)
    if person is not None:
        rows = rows.filter(side__in=Seat.objects.filter(game=game, user=person).values("side"))
    return rows.annotate(position=F("turn__position"))


def attempts(quiz: Quiz, *, person: int | None = None, passed: bool | None = None) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(quiz=quiz).select_related("user")
    if person is not None:
        rows = rows.filter(user=person)
    return rows if passed is None else rows.filter(passed=passed)


def tried_questions(quiz: Quiz) -> QuerySet[Task]:
    """One task for each question that was asked in attempts that are handed in, as it was worded then: a question whose
    words were changed is there with each of its wordings, and one that was deleted since is there, too."""
    asked = Task.objects.filter(attempt__quiz=quiz, attempt__finished_at__isnull=False).order_by()
    first: Any = asked.values("question", "sheet__text").annotate(first=Min("pk"))
    return Task.objects.filter(pk__in=first.values("first"))


def tries_of(quiz: Quiz, tasks: Sequence[Task]) -> dict[int, dict[str, Any]]:
    """By the number of such a task: how often its question was asked, and how it went."""
    same = Q(question__in=[task.question_id for task in tasks if task.question_id is not None])
    gone = [task.sheet["text"] for task in tasks if task.question_id is None]
    if gone:
        same |= Q(question=None, sheet__text__in=gone)
    found = Task.objects.filter(same, attempt__quiz=quiz, attempt__finished_at__isnull=False).order_by()
    counted: Any = found.values("question", "sheet__text").annotate(
        first=Min("pk"),
        asked=Count("pk"),
        right=Count("pk", filter=WHOLLY),
        unanswered=Count("pk", filter=Q(said__isnull=True)),
        part=Avg("share"),
    )
    return {row["first"]: row for row in counted}
