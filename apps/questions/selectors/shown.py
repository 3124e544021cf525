"""What everybody in a session is told: the log of its questions, what moves, what stands over the stage."""

from django.db.models import Count, Max, Q

from apps.questions import broadcasts
from apps.questions.models import Change, Question
from apps.questions.selectors.boards import board_of, get_session

MOST_COUNTED = 100
"""So many of the most wanted have their votes kept up while a page is open; those further down stand as they came."""


def replay(event_id: int, session_id: int, *, after: int, limit: int) -> list[tuple[int, broadcasts.Entry]]:
    """Each entry gives its question as it stands now: what was dismissed since is not told again."""
    rows = (
        Change.objects.filter(board__event=event_id, board__session=session_id, seq__gt=after)
        .select_related("question__author", "question__replied_by")
        .order_by("seq")[:limit]
    )
    return [(row.seq, broadcasts.entry(row.question)) for row in rows]


def standing(event_id: int, session_id: int) -> broadcasts.Standing:
    board = board_of(get_session(event_id, session_id))
    shown = Question.objects.filter(board=board.pk)
    counts = shown.aggregate(
        unanswered=Count("pk", filter=Q(state__in=Question.UNANSWERED)),
        answered=Count("pk", filter=Q(state=Question.State.ANSWERED)),
    )
    wanted = shown.unanswered().most_wanted().values_list("pk", "votes")[:MOST_COUNTED]
    return broadcasts.Standing(rules=broadcasts.rules(board), votes=list(wanted), **counts)


def on_stage(session_id: int) -> Question | None:
    rows = Question.objects.filter(board__session=session_id, state=Question.State.STAGE)
    return rows.select_related("author", "replied_by").first()


def stage(event_id: int, session_id: int) -> broadcasts.Stage:
    rows = Question.objects.filter(board__event=event_id, board__session=session_id, state=Question.State.STAGE)
    found = rows.select_related("author", "replied_by").first()
    return broadcasts.Stage(broadcasts.question(found) if found else None)


def desk(event_id: int, session_id: int) -> broadcasts.Desk:
    rows = Question.objects.filter(board__event=event_id, board__session=session_id, state=Question.State.HELD)
    found = rows.aggregate(held=Count("pk"), newest=Max("pk"))
    return broadcasts.Desk(held=found["held"], newest=found["newest"] or 0)
