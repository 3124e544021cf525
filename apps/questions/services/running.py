"""Running the questions of a session: what is on stage, answered, put off; replies and tags."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.chat.services import plain
from apps.core import clock
from apps.core.errors import Refused
from apps.questions import selectors, signals
from apps.questions.models import MOST_REPLY_CHARS, MOST_TAG_CHARS, MOST_TAGS, Board, Question
from apps.questions.services.keeping import keep
from apps.questions.services.noticing import owe_notice
from apps.questions.services.rules import board_for
from apps.questions.services.telling import tell, tell_desk, tell_stage, tell_standing
from apps.tracks.models import Session


@transaction.atomic
def move_question(question: Question, *, to: str) -> Question:
    """Puts a question into one of `Question.SETTABLE`. What was on stage goes back among the new ones when another
    takes its place."""
    if to not in Question.SETTABLE:
        raise Refused("question.state_unknown", _("A question cannot be put there."), field="to", status=400)
    board = lock_board(question.board)
    _moved(board, _reread(question), to)
    return _reread(question)


@transaction.atomic
def advance(session: Session, *, after: int | None, to: str = Question.State.ANSWERED) -> Question | None:
    """Moves what is on stage on (answered, for later, or back) and puts the most wanted new question in its place.

    `after` is what the caller sees on stage (None: nothing). If another device was quicker, nothing is moved. Returns
    what is on stage then."""
    if to not in (Question.State.ANSWERED, Question.State.LATER, Question.State.NEW):
        raise Refused("question.state_unknown", _("A question cannot be put there."), field="to", status=400)
    board = lock_board(board_for(session))
    current = selectors.on_stage(session.pk)
    if (current.pk if current else None) != after:
        return current
    following = selectors.up_next(board, limit=1)
    if current is not None:
        _moved(board, current, to)
    if following:
        _moved(board, following[0], Question.State.STAGE)
    return selectors.on_stage(session.pk)


@transaction.atomic
def reply_to_question(question: Question, *, text: str, by: User) -> Question:
    """Writes the reply under a question for everybody, in place of an earlier one; an empty one takes it away."""
    words = " ".join(plain.line(text).split())
    if len(words) > MOST_REPLY_CHARS:
        raise Refused(
            "question.reply_too_long",
            _("A reply has at most %(most)s characters; yours has %(count)s."),
            values={"most": MOST_REPLY_CHARS, "count": len(words)},
            field="text",
            status=400,
        )
    board = lock_board(question.board)
    current = _settable(_reread(question))
    Question.objects.filter(pk=current.pk).update(
        reply=words, replied_by=by if words else None, replied_at=clock.now() if words else None
    )
    replied = _reread(current)
    keep(board, replied, before={"reply": current.reply}, after={"reply": replied.reply})
    if words and replied.is_shown:
        owe_notice(replied)
    return _tell_of(board, replied)


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each once, in order, without what surrounds it. Raises Refused where they are too many or too long."""
    wanted = list(dict.fromkeys(word for tag in tags if (word := " ".join(plain.line(tag).split()))))
    if len(wanted) > MOST_TAGS or any(len(tag) > MOST_TAG_CHARS for tag in wanted):
        raise tags_refused()
    return wanted


def tags_refused() -> Refused:
    return Refused(
        "question.tags",
        _("A question has at most %(most)s tags of at most %(chars)s characters."),
        values={"most": MOST_TAGS, "chars": MOST_TAG_CHARS},
        field="tags",
        status=400,
    )


@transaction.atomic
def tag_question(question: Question, *, tags: Iterable[str]) -> Question:
    """Gives a question these tags, and no others."""
    wanted = clean_tags(tags)
    board = lock_board(question.board)
    current = _settable(_reread(question))
    Question.objects.filter(pk=current.pk).update(tags=wanted)
    keep(board, current, before={"tags": list(current.tags)}, after={"tags": wanted})
    return _tell_of(board, _reread(current))


def lock_board(board: Board) -> Board:
    """One move at a time in a session; votes go on meanwhile."""
    return Board.objects.select_for_update(no_key=True).get(pk=board.pk)


def _reread(question: Question) -> Question:
    return Question.objects.select_related("board", "author", "replied_by").get(pk=question.pk)


def _settable(question: Question) -> Question:
    if question.state in (Question.State.MERGED, Question.State.WITHDRAWN):
        raise Refused("question.gone", _("This question was taken back, or joined with another one."))
    return question


def _moved(board: Board, question: Question, to: str) -> None:
    if _settable(question).state == to:
        return
    before = question.state
    if to == Question.State.STAGE:
        standing = Question.objects.filter(board=board, state=Question.State.STAGE)
        for other in standing.select_related("author", "replied_by"):
            Question.objects.filter(pk=other.pk).update(state=Question.State.NEW)
            other.state = Question.State.NEW
            keep(board, other, before={"state": Question.State.STAGE}, after={"state": Question.State.NEW})
            tell(board, [other])
    question.state = to
    question.answered_at = clock.now() if to == Question.State.ANSWERED else None
    question.save(update_fields=["state", "answered_at"])
    keep(board, question, before={"state": before}, after={"state": to})
    if to == Question.State.ANSWERED:
        signals.question_answered.send(Question, question=question)
        owe_notice(question)
    tell(board, [question])
    tell_standing([board])
    if Question.State.STAGE in (before, to):
        tell_stage(board)
    if before == Question.State.HELD:
        tell_desk(board)


def _tell_of(board: Board, question: Question) -> Question:
    if question.is_shown:
        tell(board, [question])
    if question.state == Question.State.STAGE:
        tell_stage(board)
    return question
