"""Asking: many questions at once, each under the rules of its session."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.search import SearchVector
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit import context
from apps.chat import selectors as chat
from apps.chat.services import plain, wordlist
from apps.core import clock, folding
from apps.core.errors import Refused
from apps.questions import broadcasts, permissions, selectors, signals
from apps.questions.models import Board, Question
from apps.questions.services.rules import board_for
from apps.questions.services.telling import tell, tell_desk, tell_standing
from apps.tracks import selectors as tracks
from apps.tracks.models import Session

LEAST = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that somebody wants to ask. `command_id` names the wish: repeated, it is answered, not done again."""

    event_id: int
    session_id: int
    user_id: int
    roles: frozenset[str]
    text: str
    is_anonymous: bool = False
    command_id: str | None = None


def ask_questions(askings: Sequence[Asking]) -> list[broadcasts.Asked | Refused]:
    """Asks all of these in one transaction; one answer each, in order. A question that waits for a moderator is
    answered with the state "held"."""
    # The first question makes its session's board, which is watched: the log would say who of the staff asked it.
    with context.nobodys():
        try:
            return _ask(askings)
        except IntegrityError:
            # A retry met its first try in another process. That is committed by now, and answers.
            return _ask(askings)


@dataclass(slots=True)
class _Hall:
    """One session: its board under lock, and everything that the rules ask for, in a query each."""

    board: Board
    config: str
    now: datetime
    authors: dict[int, User]
    known: dict[str, Question]
    matcher: wordlist.Matcher
    muted: set[int]
    fresh: list[Question] = field(default_factory=list)

    def hear(self, asking: Asking) -> Question:
        """The question, new or (of a repeated command) as it is. Raises Refused."""
        command = self.command_key(asking)
        if command and command in self.known:
            return self.known[command]
        author = self.authors[asking.user_id]
        is_staff = permissions.can_moderate(asking.roles)
        text = self.words_of(asking.text)
        if not self.board.is_open:
            raise Refused("question.closed", _("Questions are closed here. What was asked can still be read."))
        if asking.user_id in self.muted and not is_staff:
            raise Refused(
                "question.muted", _("A moderator has muted you, so you cannot ask at the moment."), status=403
            )
        if asking.is_anonymous and not self.board.is_anonymous_allowed:
            raise Refused(
                "question.named",
                _("Questions are asked with a name here. Yours is kept; send it with your name, or leave it."),
                field="anonymous",
                status=400,
            )
        self.check_before(asking, text, is_staff=is_staff)
        held = self.must_wait(text) and not is_staff
        question = Question(
            board=self.board,
            author=None if asking.is_anonymous else author,
            is_anonymous=asking.is_anonymous,
            asker_key=self.board.key_of(asking.user_id) if asking.is_anonymous else "",
            command_key=command,
            text=text,
            state=Question.State.HELD if held else Question.State.NEW,
            created_at=self.now,
        )
        question.words = SearchVector(Value(text), config=self.config)
        if command:
            self.known[command] = question
        return question

    def words_of(self, given: str) -> str:
        text = " ".join(plain.line(given).split())
        if len(text) < LEAST:
            raise Refused("question.empty", _("Write your question first."), field="text", status=400)
        if len(text) > self.board.most_chars:
            raise Refused(
                "question.too_long",
                _("A question has at most %(most)s characters here; yours has %(count)s. Nothing is lost: shorten it."),
                values={"most": self.board.most_chars, "count": len(text)},
                field="text",
                status=400,
            )
        return text

    def check_before(self, asking: Asking, text: str, *, is_staff: bool) -> None:
        """Whether they asked the same already, or a moment ago. The board's lock makes two devices take turns."""
        asked = Question.objects.asked_by(self.board, asking.user_id).order_by("-created_at")
        fresh = [row for row in self.fresh if row.is_of(asking.user_id)]
        standing = asked.exclude(state__in=(Question.State.WITHDRAWN, Question.State.DISMISSED))
        earlier = [*standing.values_list("text", flat=True)[:100], *(row.text for row in fresh)]
        if any(folding.folded(text) == folding.folded(words) for words in earlier):
            raise Refused("question.asked_already", _("You asked this already. It stands under “Yours”."), field="text")
        if is_staff or not self.board.wait_seconds:
            return
        # Whatever became of it: else who takes each one back goes on without a wait.
        times = [*asked.values_list("created_at", flat=True)[:1], *(row.created_at for row in fresh)]
        wait = clock.left_of(self.board.wait_seconds, since=max(times), now=self.now) if times else 0.0
        if wait:
            raise Refused(
                "question.slow",
                _("One question in %(seconds)s s, please. Yours is kept; send it again in %(wait)s s."),
                values={"seconds": self.board.wait_seconds, "wait": -int(-wait // 1)},
                retry_after=wait,
                status=429,
            )

    def must_wait(self, text: str) -> bool:
        hit = self.matcher.find(text)
        if hit is not None and hit.refuse:
            raise Refused(
                "question.word",
                _("The organisers do not let “%(word)s” through here."),
                values={"word": hit.text},
                field="text",
            )
        return self.board.holds or hit is not None

    def command_key(self, asking: Asking) -> str | None:
        """The wish and its asker in one: nobody else's wish can have it, and it cannot be read backwards."""
        if not asking.command_id:
            return None
        wish = f"{self.board.pk}/{asking.user_id}/{asking.command_id}"
        return salted_hmac("questions.command", wish, algorithm="sha256").hexdigest()


@transaction.atomic
def _ask(askings: Sequence[Asking]) -> list[broadcasts.Asked | Refused]:
    answers: dict[int, Question | Refused] = {}
    for (event_id, session_id), places in _by_session(askings).items():
        try:
            session = selectors.get_session(event_id, session_id)
        except Refused as refused:
            answers |= dict.fromkeys(places, refused)
            continue
        hall = _open_hall(session, [askings[place] for place in places])
        shut = tracks.shut_out(event_id, session_id, {askings[at].user_id: askings[at].roles for at in places})
        for place in places:
            if (refusal := shut.get(askings[place].user_id)) is not None:
                answers[place] = refusal
                continue
            try:
                question = hall.hear(askings[place])
            except Refused as refused:
                answers[place] = refused
            else:
                answers[place] = question
                if question.pk is None and all(question is not row for row in hall.fresh):
                    hall.fresh.append(question)
        _write(hall)
    return [_answer(answers[place]) for place in range(len(askings))]


def _by_session(askings: Sequence[Asking]) -> dict[tuple[int, int], list[int]]:
    """The places in the batch, by event and session; in one order everywhere, so that two batches cannot wait for
    each other."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, asking in enumerate(askings):
        found[asking.event_id, asking.session_id].append(place)
    return dict(sorted(found.items(), key=lambda pair: pair[0][1]))


def _open_hall(session: Session, askings: list[Asking]) -> _Hall:
    board = Board.objects.select_for_update(no_key=True).get(pk=board_for(session).pk)
    board.session = session
    people = {asking.user_id for asking in askings}
    hall = _Hall(
        board=board,
        config=selectors.config_of(session),
        now=clock.now(),
        authors=User.objects.in_bulk(people),
        known={},
        matcher=wordlist.matcher_of(session.event_id),
        muted=set(chat.bars_of(session.event_id, people)),
    )
    keys = [key for asking in askings if (key := hall.command_key(asking))]
    rows = Question.objects.filter(command_key__in=keys).select_related("author", "replied_by")
    hall.known = {str(row.command_key): row for row in rows}
    return hall


def _write(hall: _Hall) -> None:
    fresh = hall.fresh
    if not fresh:
        return
    Question.objects.bulk_create(fresh)
    for question in fresh:
        signals.question_asked.send(Question, question=question)
    shown = [question for question in fresh if question.is_shown]
    tell(hall.board, shown)
    if shown:
        tell_standing([hall.board])
    if len(shown) < len(fresh):
        tell_desk(hall.board)


def _answer(outcome: Question | Refused) -> broadcasts.Asked | Refused:
    return outcome if isinstance(outcome, Refused) else broadcasts.Asked(broadcasts.question(outcome))
