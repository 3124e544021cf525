"""Joining duplicates: one question remains, with everybody's vote once; and taking that back."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refused
from apps.questions.models import Question, Vote
from apps.questions.services.keeping import keep
from apps.questions.services.noticing import owe_notice_of_duplicate
from apps.questions.services.running import lock_board
from apps.questions.services.telling import tell, tell_desk, tell_stage, tell_standing

JOIN_VOTES = """
INSERT INTO questions_vote (question_id, user_id, via_id)
SELECT %s, user_id, question_id FROM questions_vote WHERE question_id = ANY(%s) AND user_id = ANY(%s)
ORDER BY user_id, question_id
ON CONFLICT (question_id, user_id) DO NOTHING
"""
JOIN_FOLLOWERS = """
INSERT INTO questions_follow (question_id, user_id, via_id)
SELECT %s, user_id, question_id FROM questions_follow WHERE question_id = %s ORDER BY user_id
ON CONFLICT (question_id, user_id) DO NOTHING
"""


@transaction.atomic
def merge_question(question: Question, *, into: Question) -> Question:
    """Joins a duplicate with the question that remains. Who voted for both is counted once, and whoever asked the one
    that remains not at all; followers of either are told of its answer, also where it has one by now."""
    if question.pk == into.pk:
        raise Refused("question.merge_self", _("Choose another question to join it with."), field="into", status=400)
    if question.board_id != into.board_id:
        raise Refused(
            "question.merge_elsewhere", _("Only questions of one session can be joined."), field="into", status=400
        )
    board = lock_board(question.board)
    locked = _locked(question.pk, into.pk)
    source, target = locked[question.pk], locked[into.pk]
    if source.state in (Question.State.MERGED, Question.State.WITHDRAWN) or not target.is_shown:
        raise Refused("question.gone", _("One of them is not shown (any more), so they cannot be joined."))
    was = source.state
    moved, voters = _move_joined(source, to=target)
    own = _join_votes(target, [source.pk, *(row.pk for row in moved)], of=voters)
    with connection.cursor() as cursor:
        cursor.execute(JOIN_FOLLOWERS, [target.pk, source.pk])
    target.followers.filter(user__in=own).delete()
    source.state_before, source.answered_before = was, source.answered_at
    source.state, source.merged_into = Question.State.MERGED, target
    if target.has_answer:
        source.answered_at = clock.now()
    source.save(update_fields=["state", "state_before", "merged_into", "answered_at", "answered_before"])
    for duplicate in [source, *moved]:
        owe_notice_of_duplicate(duplicate, into=target)
    keep(board, source, before={"state": was}, after={"state": source.state, "merged_into_id": target.pk})
    _recount(source)
    _recount(target)
    tell(board, [source, *moved, target])
    tell_standing([board])
    if Question.State.STAGE in (was, target.state):
        tell_stage(board)
    if was == Question.State.HELD:
        tell_desk(board)
    return target


@transaction.atomic
def split_question(question: Question) -> Question:
    """Takes a joining back: the duplicate stands by itself again as it was, and the votes that came with it go with
    it."""
    board = lock_board(question.board)
    source = _locked(question.pk)[question.pk]
    if source.state != Question.State.MERGED:
        raise Refused("question.not_merged", _("This question is not joined with another one."))
    target = _locked(source.merged_into_id)[source.merged_into_id] if source.merged_into_id else None
    _stand_alone(source, target)
    merged = {"state": Question.State.MERGED, "merged_into_id": target.pk if target else None}
    keep(board, source, before=merged, after={"state": source.state})
    changed = [source]
    if target is not None:
        _recount(target)
        if target.is_shown:
            changed.append(target)
        if target.state == Question.State.STAGE:
            tell_stage(board)
    tell(board, changed)
    tell_standing([board])
    if source.state == Question.State.HELD:
        tell_desk(board)
    return source


def free_joined(target: Question) -> list[Question]:
    """What was joined with it stands by itself again: the one that remained is taken back by its asker. Holding its
    board; whoever calls tells of them. Nobody's act is kept, since it would say whose the question was."""
    ids = Question.objects.filter(merged_into=target, state=Question.State.MERGED).values_list("pk", flat=True)
    joined = [*_locked(*ids).values()]
    for source in joined:
        _stand_alone(source, target)
    _recount(target)
    return joined


def _stand_alone(source: Question, target: Question | None) -> None:
    if target is not None:
        came = Vote.objects.filter(question=target, via=source)
        voters = list(came.values_list("user", flat=True))
        came.delete()
        # Who voted for another duplicate as well is counted by that one from now on; nobody else, since a vote that
        # was taken back here still stands there.
        others = target.merged.exclude(pk=source.pk).values_list("pk", flat=True)
        _join_votes(target, list(others), of=voters)
    # Another one may be on stage by now. What was joined before we kept what it was, may have waited for a moderator.
    was = source.state_before or Question.State.HELD
    source.state = Question.State.NEW if was == Question.State.STAGE else was
    source.merged_into, source.answered_at = None, source.answered_before
    source.state_before, source.answered_before = "", None
    source.save(update_fields=["state", "state_before", "merged_into", "answered_at", "answered_before"])


def _move_joined(source: Question, *, to: Question) -> tuple[list[Question], list[int]]:
    """What was joined with the duplicate is joined with the question that remains: whoever asked it is told of that
    one's answer, and finds it. Their votes go along, each by its own question; but only of those who are returned:
    others have taken theirs back since. Whoever asked the duplicate could not: theirs was only not counted there."""
    found = Question.objects.select_for_update(no_key=True, of=("self",)).filter(merged_into=source).order_by("pk")
    moved = list(found.select_related("author", "replied_by"))
    for row in moved:
        row.merged_into = to
        if to.has_answer:
            row.answered_at = clock.now()
    Question.objects.bulk_update(moved, ["merged_into", "answered_at"])
    voters = set(source.voters.values_list("user", flat=True))
    source.voters.exclude(via=None).delete()
    others = set(Vote.objects.filter(question__in=moved).values_list("user", flat=True)) - voters
    voters.update([user for user in others if source.is_of(user)])
    return moved, sorted(voters)


def _join_votes(target: Question, sources: Sequence[int], *, of: Sequence[int]) -> list[int]:
    """Theirs, of each once; not that of whoever asked the one that remains, which is returned."""
    with connection.cursor() as cursor:
        cursor.execute(JOIN_VOTES, [target.pk, list(sources), list(of)])
    voters = target.voters.filter(via__in=sources)
    own = [user for user in voters.values_list("user", flat=True) if target.is_of(user)]
    voters.filter(user__in=own).delete()
    return own


def _locked(*ids: int) -> dict[int, Question]:
    rows = Question.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows.select_related("board", "author", "replied_by")}


def _recount(question: Question) -> None:
    question.votes = question.voters.count()
    Question.objects.filter(pk=question.pk).update(votes=question.votes)
