"""Votes and followers: given and taken back, many at a time, each person once whatever they press.

A burst costs one transaction for all that arrive in a tick. What is acknowledged is a row; pressing twice, on one
device or two, changes nothing; the counter moves by as many rows as were written, under the question's lock.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.questions import broadcasts, permissions, selectors
from apps.questions.models import Follow, Question, Vote
from apps.questions.services.telling import tell_stage, tell_standing
from apps.tracks import selectors as tracks

GIVE = """
INSERT INTO questions_vote (question_id, user_id)
SELECT * FROM unnest(%s::bigint[], %s::bigint[])
ON CONFLICT (question_id, user_id) DO NOTHING
RETURNING question_id
"""
TAKE = """
DELETE FROM questions_vote USING unnest(%s::bigint[], %s::bigint[]) AS back (question_id, user_id)
WHERE questions_vote.question_id = back.question_id AND questions_vote.user_id = back.user_id
RETURNING questions_vote.question_id
"""


Pairs = list[tuple[tuple[int, int], bool]]
"""((question, person), given or taken back), in order."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants this question answered, or to hear of it; or (`on` false) no longer."""

    event_id: int
    question_id: int
    user_id: int
    on: bool = True
    roles: frozenset[str] = frozenset()
    """Theirs in the event: whether they may be in the question's session."""


Doing = Callable[[Iterable[Question], Pairs], None]
Reason = Callable[[Question | None, Wish], Refused | None]


def cast_votes(wishes: Sequence[Wish]) -> list[broadcasts.Mine | Refused]:
    """Takes all of these; for each, in order, what stands then, or the refusal."""
    return _settle(wishes, _vote, _why_no_vote)


def follow_questions(wishes: Sequence[Wish]) -> list[broadcasts.Mine | Refused]:
    """The same for who wants to hear when a question is answered. Who asked it is told anyway."""
    return _settle(wishes, _follow, _why_unknown)


@transaction.atomic
def _settle(wishes: Sequence[Wish], do: Doing, why: Reason) -> list[broadcasts.Mine | Refused]:
    questions = _held(wishes)
    shut = _shut(questions, wishes)
    refusals = [
        shut.get((wish.question_id, wish.user_id)) or why(questions.get((wish.event_id, wish.question_id)), wish)
        for wish in wishes
    ]
    last = {(wish.question_id, wish.user_id): wish.on for wish, no in zip(wishes, refusals, strict=True) if no is None}
    do(questions.values(), sorted(last.items()))
    voted, following = _standing(Vote, last), _standing(Follow, last)
    answers: list[broadcasts.Mine | Refused] = []
    for wish, no in zip(wishes, refusals, strict=True):
        if no is not None:
            answers.append(no)
            continue
        key, question = (wish.question_id, wish.user_id), questions[wish.event_id, wish.question_id]
        is_heard = key in following or question.is_of(wish.user_id)
        answers.append(broadcasts.Mine(question.pk, key in voted, is_heard, question.votes))
    return answers


def _held(wishes: Sequence[Wish]) -> dict[tuple[int, int], Question]:
    """The questions, each held against other votes and against being moved; their boards against being closed. In one
    order everywhere, so that two batches cannot wait for each other."""
    ids = sorted({wish.question_id for wish in wishes})
    with connection.cursor() as cursor:
        # A weaker lock than that of asking, which may go on beside it; a stronger one than closing can bear.
        cursor.execute(
            "SELECT id FROM questions_board WHERE id IN (SELECT board_id FROM questions_question WHERE id = ANY(%s))"
            " ORDER BY id FOR KEY SHARE",
            [ids],
        )
    rows = Question.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk")
    return {(row.board.event_id, row.pk): row for row in rows.select_related("board")}


def _shut(questions: Mapping[tuple[int, int], Question], wishes: Iterable[Wish]) -> dict[tuple[int, int], Refused]:
    """By question and person: whom the question's session does not let in."""
    people: dict[tuple[int, int], dict[int, frozenset[str]]] = defaultdict(dict)
    for wish in wishes:
        question = questions.get((wish.event_id, wish.question_id))
        if question is not None and question.board.session_id is not None:
            people[question.board.session_id, question.pk][wish.user_id] = wish.roles
    events = {pk: event_id for event_id, pk in questions}
    return {
        (pk, user_id): refusal
        for (session_id, pk), asked in people.items()
        for user_id, refusal in tracks.shut_out(events[pk], session_id, asked).items()
    }


def _why_unknown(question: Question | None, wish: Wish) -> Refused | None:
    return selectors.unknown() if question is None or not question.is_shown else None


def _why_no_vote(question: Question | None, wish: Wish) -> Refused | None:
    if question is None or not question.is_shown:
        return selectors.unknown()
    if question.is_of(wish.user_id):
        return Refused("question.own", _("This is your own question: others vote for it."))
    if permissions.can_vote(question.board, question):
        return None
    if question.state == Question.State.ANSWERED:
        return Refused("question.answered", _("This question is answered already. Your vote was not counted."))
    return Refused("question.closed", _("Questions are closed here. Your vote was not counted."))


def _vote(questions: Iterable[Question], pairs: Pairs) -> None:
    moved = Counter(_run(GIVE, [pair for pair, on in pairs if on]))
    moved.subtract(_run(TAKE, [pair for pair, on in pairs if not on]))
    changed = [question for question in questions if moved[question.pk]]
    for question in changed:
        Question.objects.filter(pk=question.pk).update(votes=F("votes") + moved[question.pk])
        question.votes += moved[question.pk]
    tell_standing({question.board_id: question.board for question in changed}.values())
    for question in changed:
        if question.state == Question.State.STAGE:
            tell_stage(question.board)


def _run(statement: str, pairs: list[tuple[int, int]]) -> list[int]:
    if not pairs:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*pairs, strict=True)])
        return [row[0] for row in cursor.fetchall()]


def _follow(questions: Iterable[Question], pairs: Pairs) -> None:
    by_id = {question.pk: question for question in questions}
    fresh = [Follow(question_id=pk, user_id=user) for (pk, user), on in pairs if on and not by_id[pk].is_of(user)]
    Follow.objects.bulk_create(fresh, ignore_conflicts=True)
    for (pk, user), on in pairs:
        if not on:
            Follow.objects.filter(question=pk, user=user).delete()


def _standing(model: type[Vote] | type[Follow], pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    wanted = set(pairs)
    rows = model._default_manager.filter(
        question__in={pk for pk, _user in wanted}, user__in={user for _pk, user in wanted}
    )
    return wanted & set(rows.values_list("question", "user"))
