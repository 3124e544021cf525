"""Questions of the audience: where they are asked, what was asked, who wants them answered, and what became of them."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.events.models import Event
from apps.tracks.models import Session

LEAST_CHARS, MOST_CHARS, MOST_REPLY_CHARS = 40, 1000, 2000
MOST_WAIT = 3600
MOST_TAGS, MOST_TAG_CHARS = 5, 30


class Board(models.Model):
    """Where a session's questions are asked, and under which rules. The one without a session holds the event's usual
    rules, with which the boards of its sessions begin."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="question_boards", verbose_name=_("event"))
    session = models.OneToOneField(
        Session, models.CASCADE, null=True, blank=True, related_name="question_board", verbose_name=_("session")
    )
    is_open = models.BooleanField(_("questions can be asked"), default=True)
    is_anonymous_allowed = models.BooleanField(
        _("may be asked without a name"),
        default=True,
        help_text=_("Nobody is shown who asked such a question: no speaker, no moderator, no export."),
    )
    holds = models.BooleanField(
        _("a moderator looks first"),
        default=False,
        help_text=_("Questions are shown once they are let through. Otherwise they are shown at once."),
    )
    most_chars = models.PositiveSmallIntegerField(
        _("characters of a question"),
        default=300,
        validators=[MinValueValidator(LEAST_CHARS), MaxValueValidator(MOST_CHARS)],
    )
    wait_seconds = models.PositiveSmallIntegerField(
        _("seconds between two questions of a person"), default=20, validators=[MaxValueValidator(MOST_WAIT)]
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("rules for questions")
        verbose_name_plural = _("rules for questions")
        ordering = ["event", F("session__starts_at").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(fields=["event"], condition=Q(session=None), name="questions_board_usual"),
            models.CheckConstraint(
                condition=Q(most_chars__gte=LEAST_CHARS, most_chars__lte=MOST_CHARS), name="questions_board_chars"
            ),
        ]

    def __str__(self) -> str:
        return str(self.session) if self.session else str(_("All sessions, to begin with"))

    def key_of(self, user_id: int) -> str:
        """What stands for a person in their questions without a name: it can be compared, and not read backwards."""
        return salted_hmac("questions.asker", f"{self.pk}/{user_id}", algorithm="sha256").hexdigest()


class QuestionQuerySet(models.QuerySet["Question"]):
    def shown(self) -> Self:
        """What everybody in the session sees."""
        return self.filter(state__in=Question.SHOWN)

    def unanswered(self) -> Self:
        return self.filter(state__in=Question.UNANSWERED)

    def asked_by(self, board: Board, user_id: int) -> Self:
        return self.filter(Q(board=board) & (Q(author=user_id) | Q(asker_key=board.key_of(user_id))))

    def most_wanted(self) -> Self:
        """What is on stage first, what is answered last."""
        place = Case(
            When(state=Question.State.STAGE, then=Value(0)),
            When(state=Question.State.ANSWERED, then=Value(2)),
            default=1,
        )
        return self.order_by(place, "-votes", "pk")


class Question(models.Model):
    is_audited: ClassVar[bool] = False

    class State(models.TextChoices):
        HELD = "held", _("Waiting for a moderator")
        NEW = "new", pgettext_lazy("a question", "New")
        STAGE = "stage", _("On stage")
        LATER = "later", _("For later")
        ANSWERED = "answered", _("Answered")
        DISMISSED = "dismissed", _("Dismissed")
        MERGED = "merged", _("Joined with another")
        WITHDRAWN = "withdrawn", _("Taken back")

    UNANSWERED = (State.STAGE, State.NEW, State.LATER)
    SHOWN = (*UNANSWERED, State.ANSWERED)
    WITHDRAWABLE = (State.HELD, State.NEW, State.LATER)
    SETTABLE = (State.NEW, State.STAGE, State.LATER, State.ANSWERED, State.DISMISSED)
    """What those who run the questions may make of one."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="questions", verbose_name=_("session"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="questions", editable=False
    )
    """Never of a question that was asked without a name."""
    is_anonymous = models.BooleanField(_("without a name"), default=False, editable=False)
    asker_key = models.CharField(max_length=64, blank=True, editable=False)
    """Of a question without a name: `Board.key_of` its asker, by which only they find it again."""
    command_key = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - null is "none", and unique
    """Names the wish and its asker together, unreadably: repeated, it is answered, not done again."""
    text = models.CharField(_("question"), max_length=MOST_CHARS)
    words = SearchVectorField(null=True, editable=False)
    """The text as it is searched for likely duplicates, in the language of its session."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    votes = models.PositiveIntegerField(_("votes"), default=0, editable=False)
    """As many as there are rows of `Vote`: moved by as many as were written, under this row's lock."""
    tags = ArrayField(models.CharField(max_length=MOST_TAG_CHARS), verbose_name=_("tags"), default=list, blank=True)
    reply = models.CharField(_("reply"), max_length=MOST_REPLY_CHARS, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    replied_at = models.DateTimeField(_("replied"), null=True, editable=False)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged", editable=False)
    state_before = models.CharField(
        max_length=10, choices=State.choices, blank=True, default="", db_default="", editable=False
    )
    """Of a joined one: what it was, and is again once the joining is taken back; so is when it was answered."""
    answered_before = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("when", "asked"), default=clock.now, editable=False)
    answered_at = models.DateTimeField(pgettext_lazy("when", "answered"), null=True, editable=False)

    objects: ClassVar[QuestionQuerySet] = QuestionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("audience question")
        verbose_name_plural = _("audience questions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["board"], condition=Q(state="stage"), name="questions_one_on_stage"),
            models.UniqueConstraint(fields=["command_key"], name="questions_command"),
            models.CheckConstraint(
                condition=Q(is_anonymous=False) | Q(author=None), name="questions_anonymous_has_no_author"
            ),
        ]
        indexes = [
            models.Index(fields=["board", "state", "-votes"], name="questions_wanted"),
            models.Index(fields=["board", "asker_key"], condition=Q(is_anonymous=True), name="questions_asker"),
            models.Index(fields=["answered_at"], condition=Q(state="answered"), name="questions_answered"),
            GinIndex(fields=["words"], name="questions_words"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_shown(self) -> bool:
        return self.state in self.SHOWN

    @property
    def has_answer(self) -> bool:
        """Aloud, or in words under it."""
        return self.state == self.State.ANSWERED or (self.is_shown and bool(self.reply))

    def is_of(self, user_id: int) -> bool:
        """Whether this person asked it. Needs `board` where it is without a name."""
        if self.is_anonymous:
            return self.asker_key == self.board.key_of(user_id)
        return self.author_id == user_id


class Vote(models.Model):
    """Somebody wants this answered."""

    is_audited: ClassVar[bool] = False

    question = models.ForeignKey(Question, models.CASCADE, related_name="voters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="question_votes")
    via = models.ForeignKey(Question, models.CASCADE, null=True, related_name="+")
    """The duplicate it was given to, where it came here by joining; taking the joining back takes it away again."""

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="questions_vote_once")]

    def __str__(self) -> str:
        return str(self.question_id)


class Follow(models.Model):
    """Somebody wants to hear when it is answered. Who asked is told in any case, and has no row."""

    is_audited: ClassVar[bool] = False

    question = models.ForeignKey(Question, models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_questions")
    via = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+")
    """The duplicate that they followed, where it came here by joining."""

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="questions_follow_once")]

    def __str__(self) -> str:
        return str(self.question_id)


class Notice(models.Model):
    """A question was answered, and its asker and followers are to be told by mail: one notice a question. That of a
    duplicate tells its people of an answer that was there before it was joined."""

    is_audited: ClassVar[bool] = False

    question = models.OneToOneField(Question, models.CASCADE, related_name="notice")
    due_at = models.DateTimeField()
    after = models.PositiveBigIntegerField(default=0)
    """Everybody up to this person is told."""
    until = models.PositiveBigIntegerField(null=True)
    """Of a duplicate's: whoever comes after this person is told by the notice of the question that remains."""
    with_reply = models.BooleanField(default=False)
    """Whether they were told words, and not only that it was answered aloud."""
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice of an answer")
        verbose_name_plural = _("notices of answers")
        indexes = [models.Index(fields=["due_at"], name="questions_notice_due", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return str(self.question_id)


class Change(models.Model):
    """One entry of a session's log: this question is new, or is now another."""

    is_audited: ClassVar[bool] = False

    board = models.ForeignKey(Board, models.CASCADE, related_name="changes")
    seq = models.PositiveBigIntegerField()
    question = models.ForeignKey(Question, models.CASCADE, related_name="changes")

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [models.UniqueConstraint(fields=["board", "seq"], name="questions_change_seq")]

    def __str__(self) -> str:
        return str(self.seq)
