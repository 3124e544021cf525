"""Pages of questions as one reader sees them: in three orders, with what is theirs marked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from apps.core import clock
from apps.events.models import Event
from apps.events.registry import REPLY, Entry
from apps.notifications import selectors as mails
from apps.questions import broadcasts, permissions
from apps.questions.models import Board, Follow, Question, QuestionQuerySet, Vote
from apps.questions.selectors import shown
from apps.questions.selectors.boards import board_of
from apps.tracks import selectors as tracks
from apps.tracks.models import Session, SessionSpeaker

if TYPE_CHECKING:
    from apps.accounts.models import User

PAGE = 30
MOST_HELD = 50
MOST_AWAITED = 100
SORTS = ("votes", "newest", "unanswered", "mine")
MOST_SEARCHED = 100
"""Characters of what is looked for."""
MOST_WORDS = 8
FEW = 8
ANSWER_MAIL = "question_answer"
"""The kind of the mails that tell of an answer."""
TOLD_FOR = timedelta(hours=2)
MOST_TOLD = 3
MOST_COMPARED = 100
"""Questions without a name, each of which is held against its reader's key."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question for one reader."""

    value: broadcasts.Question
    mine: bool = False
    voted: bool = False
    following: bool = False
    into: int | None = None
    joined: broadcasts.Question | None = None
    """The question it was joined with, where that one is shown: its answer is this one's."""

    @property
    def can_vote(self) -> bool:
        return not self.mine and self.value.state in Question.UNANSWERED

    @property
    def can_withdraw(self) -> bool:
        return self.mine and self.value.state in Question.WITHDRAWABLE


@dataclass(frozen=True, slots=True)
class Shown:
    """The questions of a session for one reader: the numbers everybody sees, and a page of them."""

    session: Session
    board: Board
    standing: broadcasts.Standing
    stage: broadcasts.Stage
    rows: list[Row]
    number: int
    pages: int
    sort: str
    tag: str
    tags: list[str]
    text: str
    """What was looked for."""
    mailed: bool
    """Whether this person is mailed answers; asked only for the list of their own."""
    awaited: list[int]
    """Questions that this person asked or follows, and that wait for an answer: their page says when it comes."""

    @property
    def has_many(self) -> bool:
        """So many that looking for one is worth a field."""
        return bool(self.text) or self.standing.unanswered + self.standing.answered > FEW

    @property
    def next_page(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def questions_of(
    session: Session, user: "User", *, sort: str = "votes", tag: str = "", text: str = "", page: int | str = 1
) -> Shown:
    """A page of a session's questions. The same number of queries however many there are."""
    board = board_of(session)
    sort = sort if sort in SORTS else "votes"
    text = " ".join(text.split())
    rows = mine(board, user) if sort == "mine" else listed(board, sort=sort, tag=tag, text=text)
    found = Paginator(rows, PAGE).get_page(page)
    return Shown(
        session=session,
        board=board,
        standing=shown.standing(session.event_id, session.pk),
        stage=shown.stage(session.event_id, session.pk),
        rows=rows_of(board, found, user),
        number=found.number,
        pages=found.paginator.num_pages,
        sort=sort,
        tag=tag,
        tags=tags_of(board),
        text=text,
        mailed=sort == "mine" and mails.wants_mails(user.pk, kind=ANSWER_MAIL),
        awaited=awaited(board, user),
    )


def listed(board: Board, *, sort: str = "votes", tag: str = "", text: str = "") -> QuestionQuerySet:
    rows = Question.objects.filter(board=board.pk).shown().select_related("author", "replied_by")
    rows = holding(rows, text)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if sort == "newest":
        return rows.order_by("-created_at", "-pk")
    return rows.unanswered().most_wanted() if sort == "unanswered" else rows.most_wanted()


def holding(rows: QuestionQuerySet, text: str) -> QuestionQuerySet:
    """Those in which, or in whose replies, each of these words stands."""
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(Q(text__icontains=word) | Q(reply__icontains=word))
    return rows


def mine(board: Board, user: "User") -> QuestionQuerySet:
    """What this person asked, the newest first, whatever became of it but what they took back."""
    if board.pk is None:
        return Question.objects.none()
    rows = Question.objects.asked_by(board, user.pk).exclude(state=Question.State.WITHDRAWN)
    rows = rows.select_related("author", "replied_by", "merged_into__author", "merged_into__replied_by")
    return rows.order_by("-created_at", "-pk")


def awaited(board: Board, user: "User") -> list[int]:
    """Those that this person asked or follows, and those with which one of theirs was joined."""
    if board.pk is None:
        return []
    waiting = Question.objects.filter(board=board, reply="").unanswered()
    followed = waiting.filter(followers__user=user).values_list("pk", flat=True)[:MOST_AWAITED]
    asked = Question.objects.asked_by(board, user.pk)
    remaining = asked.filter(state=Question.State.MERGED).values("merged_into")
    own = waiting.filter(Q(pk__in=asked.values("pk")) | Q(pk__in=remaining)).values_list("pk", flat=True)
    return sorted({*followed, *own[:MOST_AWAITED]})


def across(
    event: Event,
    user: "User",
    roles: frozenset[str],
    *,
    session: int | None = None,
    state: str = "",
    tag: str = "",
    text: str = "",
) -> QuestionQuerySet:
    """The questions of all sessions that this person may see: those that are shown, in sessions that they may go into,
    and what is not shown where they run them. Nobody finds what was taken back."""
    rows = Question.objects.filter(board__event=event, board__session__isnull=False)
    rows = holding(rows.exclude(state=Question.State.WITHDRAWN), text)
    if not permissions.can_moderate(roles):
        inside = Session.objects.on_agenda().filter(event=event).exclude(pk__in=tracks.shut_to(event, roles, user))
        found = Q(state__in=Question.SHOWN, board__session__in=inside.order_by().values("pk"))
        if permissions.can_moderate_own(roles):
            own = SessionSpeaker.objects.filter(session__event=event, speaker__user=user).values("session")
            found |= Q(board__session__in=own)
        rows = rows.filter(found)
    if session is not None:
        rows = rows.filter(board__session=session)
    if state:
        rows = rows.filter(state=state)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    return rows.select_related("board", "author", "replied_by")


def rows_of(board: Board | None, questions: Iterable[Question], user: "User") -> list[Row]:
    """Two queries. Without a board they are of several, each with its own selected."""
    found = list(questions)
    ids = [question.pk for question in found]
    voted = set(Vote.objects.filter(user=user, question__in=ids).values_list("question", flat=True)) if ids else set()
    follows = (
        set(Follow.objects.filter(user=user, question__in=ids).values_list("question", flat=True)) if ids else set()
    )
    boards = {board.pk: board} if board else {question.board_id: question.board for question in found}
    keys = {pk: one.key_of(user.pk) for pk, one in boards.items()}
    rows = []
    for question in found:
        is_keyed = question.is_anonymous and question.asker_key == keys.get(question.board_id)
        own = is_keyed if question.is_anonymous else question.author_id == user.pk
        value = broadcasts.question(question)
        follows_it = own or question.pk in follows
        rows.append(Row(value, own, question.pk in voted, follows_it, question.merged_into_id, _joined(question)))
    return rows


def _joined(question: Question) -> broadcasts.Question | None:
    target = question.merged_into if question.merged_into_id else None
    return broadcasts.question(target) if target and target.is_shown else None


def tags_of(board: Board) -> list[str]:
    """Those in use, for the filter; few questions have any."""
    if board.pk is None:
        return []
    rows = Question.objects.filter(board=board).shown().exclude(tags=[]).order_by().values_list("tags", flat=True)
    return sorted({tag for tags in rows for tag in tags})


def held(board: Board) -> list[Question]:
    """What waits for a moderator, the longest waiting first."""
    if board.pk is None:
        return []
    rows = Question.objects.filter(board=board, state=Question.State.HELD).select_related("author", "replied_by")
    return list(rows.order_by("created_at", "pk")[:MOST_HELD])


def everything(
    board: Board, *, state: str = "", text: str = "", tag: str = "", sort: str = "votes"
) -> QuestionQuerySet:
    """For those who run the questions: all but what was taken back, the most wanted or the newest first."""
    rows = Question.objects.filter(board=board.pk).exclude(state=Question.State.WITHDRAWN)
    if state in Question.State.values:
        rows = rows.filter(state=state)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    rows = holding(rows, text).select_related("author", "replied_by", "merged_into")
    return rows.order_by("-created_at", "-pk") if sort == "newest" else rows.most_wanted()


def up_next(board: Board, *, limit: int = 8) -> list[Question]:
    """What comes after what is on stage."""
    if board.pk is None:
        return []
    rows = Question.objects.filter(board=board, state=Question.State.NEW).select_related("author", "replied_by")
    return list(rows.order_by("-votes", "pk")[:limit])


def just_answered(event: Event, user: "User", roles: frozenset[str]) -> Iterator[Entry]:
    """Questions that this person asked or follows, and that were answered a short while ago, or with which theirs was
    joined then: for "next for you"."""
    follows = Follow.objects.filter(question=OuterRef("pk"), user=user)
    since = clock.now() - TOLD_FOR
    answered = Q(state=Question.State.ANSWERED) | ~Q(reply="")
    rows = Question.objects.filter(answered, board__event=event).shown().select_related("board__session__event")
    fresh = Q(state=Question.State.ANSWERED, answered_at__gt=since) | Q(replied_at__gt=since)
    joined = Question.objects.filter(board__event=event, state=Question.State.MERGED)
    own = joined.filter(author=user)
    mine = own.filter(merged_into=OuterRef("pk")).order_by(F("answered_at").desc(nulls_last=True))
    rows = rows.annotate(
        is_followed=Exists(follows), is_joined=Exists(mine), joined_at=Subquery(mine.values("answered_at")[:1])
    )
    theirs_now = fresh & (Q(is_followed=True) | Q(is_joined=True) | Q(author=user))
    wanted = rows.filter(theirs_now | Q(pk__in=own.filter(answered_at__gt=since).values("merged_into")))
    latest = Greatest("answered_at", "replied_at", "joined_at").desc(nulls_last=True)
    told = {row.pk: row for row in wanted.order_by(latest, "-pk")[:MOST_TOLD]}
    nameless = _anonymous(rows, fresh, joined, user, since=since)
    told |= {row.pk: row for row in nameless}
    theirs = {row.pk for row in nameless}
    for question in sorted(told.values(), key=_told_at, reverse=True)[:MOST_TOLD]:
        session = question.board.session
        if session is None:
            continue
        yield Entry(
            rank=REPLY,
            at=_told_at(question),
            icon="hand",
            when=_("Answered"),
            title=question.text,
            url=f"{session.get_absolute_url()}#questions",
            why=_why(question, user, joined=question.pk in theirs),
            action=_("Look"),
        )


def _told_at(question: Question) -> datetime:
    """When it became news to this person: when it was answered, or when theirs was joined with it."""
    moments = (question.answered_at, question.replied_at, getattr(question, "joined_at", None), question.created_at)
    return max(at for at in moments if at is not None)


def _why(question: Question, user: "User", *, joined: bool) -> str:
    if question.is_of(user.pk):
        return _("You asked it.")
    if joined or getattr(question, "is_joined", False):
        return _("What you asked was joined with it.")
    return _("You follow this question.")


def _anonymous(
    rows: QuestionQuerySet, fresh: Q, joined: QuestionQuerySet, user: "User", *, since: datetime
) -> list[Question]:
    """Those that this person asked without a name, or with which such a one of theirs was joined. Only their askers
    can tell that these are theirs: compared one by one, so few at a time."""
    latest = Greatest("answered_at", "replied_at").desc()
    nameless = rows.filter(fresh, is_anonymous=True).order_by(latest)[:MOST_COMPARED]
    found = [row for row in nameless if row.is_of(user.pk)]
    told = Q(merged_into__in=rows.filter(fresh).values("pk")) | Q(answered_at__gt=since)
    duplicates = joined.filter(told, is_anonymous=True).select_related("board").order_by("-pk")[:MOST_COMPARED]
    targets = {row.merged_into_id: row.answered_at for row in [*duplicates][::-1] if row.is_of(user.pk)}
    if not targets:
        return found
    remaining: list[Any] = list(rows.filter(pk__in=targets))
    for row in remaining:
        row.joined_at = max(filter(None, (row.joined_at, targets[row.pk])), default=None)
    return [*found, *remaining]
