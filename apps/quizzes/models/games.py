"""A quiz being played together: its turns, who plays, and what was answered."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.events.models import Event
from apps.quizzes.models.banks import Question, Quiz

EXTRAS = (0, 50, 100, 200)
"""Percent more time that a person may have; each has a gate of its own."""
TIMES = [
    (0, pgettext_lazy("time to answer", "as asked")),
    (50, pgettext_lazy("time to answer", "half as much again")),
    (100, pgettext_lazy("time to answer", "twice as much")),
    (200, pgettext_lazy("time to answer", "three times as much")),
]
"""The same in words."""
GRACE = timedelta(milliseconds=250)
"""The most that is forgiven for the way an answer takes to us; gates stay open for so much longer."""


class Game(models.Model):
    """One playing of a quiz, from its lobby to its podium."""

    class Phase(models.TextChoices):
        LOBBY = "lobby", _("Lobby")
        ASKED = "asked", _("Question")
        REVEALED = "revealed", _("Answer")
        OVER = "over", _("Podium")

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("recounts",)

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="games")
    phase = models.CharField(_("state"), max_length=8, choices=Phase.choices, default=Phase.LOBBY)
    position = models.PositiveSmallIntegerField(default=0)
    """The turn it stands at, from 1; 0 in the lobby."""
    teams = models.BooleanField(default=False)
    talk_seconds = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(_("begun"), default=clock.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    recounts = models.PositiveIntegerField(default=0, db_default=0)
    """How often points were counted anew, for an answer that came to the database after its turn was scored."""

    class Meta:
        verbose_name = _("game")
        verbose_name_plural = _("games")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz"], condition=~models.Q(phase="over"), name="quizzes_game_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quiz} · {self.opened_at:%Y-%m-%d %H:%M}"


class Turn(models.Model):
    """A question in a game, as it was written when the game began.

    What everybody may see (`sheet`) and what is right (`key`) are apart, so that nothing that tells of the one can
    carry the other by mistake.
    """

    is_audited: ClassVar[bool] = False

    game = models.ForeignKey(Game, models.CASCADE, related_name="turns")
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    sheet = models.JSONField()
    key = models.JSONField()
    seconds = models.PositiveSmallIntegerField()
    worth = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField(null=True)
    """When answers are taken from; it is shown a little before."""
    closes_at = models.DateTimeField(null=True)
    """When the time is over for those without more of it."""
    closed_at = models.DateTimeField(null=True)
    """When the answer was revealed."""
    answers = models.PositiveIntegerField(default=0)
    """How many were taken, known once it is closed."""
    bars = models.JSONField(default=dict)
    """How often each answer was given, by the names of its kind's bins; known once it is closed."""
    is_scored = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["game", "position"], name="quizzes_turn_place")]

    def __str__(self) -> str:
        return f"{self.game_id}/{self.position}"

    def closes_for(self, extra: int) -> datetime | None:
        """By whom somebody with so many percent more time must have answered; None before it is asked."""
        if self.opens_at is None or self.closes_at is None:
            return None
        return self.opens_at + (self.closes_at - self.opens_at) * (100 + extra) / 100

    def gate(self, extra: int) -> str:
        return f"quiz/{self.pk}/{extra}"

    @property
    def gates(self) -> list[str]:
        return [self.gate(extra) for extra in EXTRAS]


class Side(models.Model):
    """Who scores: one person, or a team that answers through its captain."""

    is_audited: ClassVar[bool] = False

    game = models.ForeignKey(Game, models.CASCADE, related_name="sides")
    name = models.CharField(_("name"), max_length=24)
    enters_at = models.PositiveSmallIntegerField(default=1)
    """The first turn they play; who comes late enters at the next question."""
    points = models.PositiveIntegerField(_("points"), default=0)
    gained = models.PositiveIntegerField(default=0)
    """Of the points, those of the turn that was scored last."""
    streak = models.PositiveSmallIntegerField(_("right in a row"), default=0)
    rank = models.PositiveIntegerField(pgettext_lazy("in a ranking", "place"), default=0)
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("player")
        verbose_name_plural = _("players")
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint("game", Lower("name"), name="quizzes_side_name")]
        indexes = [models.Index(fields=["game", "-points", "id"], name="quizzes_side_board")]

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person in a game. Who comes back finds it as they left it."""

    is_audited: ClassVar[bool] = False

    game = models.ForeignKey(Game, models.CASCADE, related_name="seats")
    side = models.ForeignKey(Side, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiz_seats")
    is_captain = models.BooleanField(_("captain"), default=True)
    """Answers for the side; alone one is one's own captain."""
    extra = models.PositiveSmallIntegerField(_("more time, in percent"), default=0)
    """In the question that stands: `services.set_times` sets it before each."""
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["game", "user"], name="quizzes_seat_once")]

    def __str__(self) -> str:
        return f"{self.side_id}/{self.user_id}"


class Allowance(models.Model):
    """More time for one person in the quizzes of an event: asked for by themselves, given by who runs them."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="quiz_allowances", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="quiz_allowances", verbose_name=_("person")
    )
    asked = models.PositiveSmallIntegerField(_("asks for"), choices=TIMES, default=0)
    """0: nothing more than they have."""
    extra = models.PositiveSmallIntegerField(_("time for each question"), choices=TIMES, default=0)

    class Meta:
        verbose_name = _("more time for a person")
        verbose_name_plural = _("more time in quizzes")
        ordering = ["-asked", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="quizzes_allowance_once")]

    def __str__(self) -> str:
        return str(self.user)


class Answer(models.Model):
    """What a side answered in a turn; the first word stands."""

    is_audited: ClassVar[bool] = False

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="taken")
    side = models.ForeignKey(Side, models.CASCADE, related_name="answers")
    said = models.JSONField()
    """As its kind of question writes it."""
    extra = models.PositiveSmallIntegerField(default=0)
    """Percent more time that they had: the gate it came through."""
    after_ms = models.PositiveIntegerField()
    """From opening to acceptance by the queue's clock, less what is forgiven for the way."""
    share = models.FloatField()
    """How much of it is right, from 0 to 1."""
    base = models.PositiveSmallIntegerField()
    """Points for being right and quick, without the streak."""
    bonus = models.PositiveSmallIntegerField(default=0)
    """Points for the streak, given when the turn is scored."""
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["turn", "side"], name="quizzes_answer_once")]

    def __str__(self) -> str:
        return f"{self.turn_id}/{self.side_id}"
