"""Polls: a question, its options, and what each person answered."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from apps.core import clock
from apps.events.models import Event
from apps.tracks.models import Session


class Poll(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", _("One of several")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Results(models.TextChoices):
        LIVE = "live", _("Everybody sees them grow")
        ANSWERED = "answered", _("Those who have answered see them")
        CLOSE = "close", _("Everybody, once it is closed")
        HIDDEN = "hidden", _("Only the organisers")

    event = models.ForeignKey(Event, models.CASCADE, related_name="polls")
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="polls", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.SINGLE)
    question = I18nCharField(_("question"), max_length=300)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    results = models.CharField(_("who sees the results"), max_length=8, choices=Results.choices, default=Results.LIVE)
    may_change = models.BooleanField(_("answers may be changed while it is open"), default=True)
    round = models.PositiveIntegerField(default=1, editable=False)
    """A reset begins a new round; answers belong to one."""
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closes_at = models.DateTimeField(_("closes by itself at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["closes_at"], condition=models.Q(state="open"), name="polls_poll_closing"),
        ]

    def __str__(self) -> str:
        return str(self.question)

    def get_absolute_url(self) -> str:
        return reverse("polls:poll", args=[self.event.slug, self.pk])

    @property
    def gate(self) -> str:
        """What must be open to answer this round, in the intake's words."""
        return f"poll/{self.pk}/{self.round}"

    def takes_answers_at(self, moment: datetime) -> bool:
        """By the server's clock: the closing time counts even before anything has written that it is closed."""
        return self.state == self.State.OPEN and (self.closes_at is None or moment < self.closes_at)


class Option(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options")
    text = I18nCharField(_("option"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class Answer(models.Model):
    """The standing answer of one person in one round; the highest revision wins, so redelivery changes nothing."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="answers")
    round = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="poll_answers")
    option = models.ForeignKey(Option, models.CASCADE, related_name="answers")
    revision = models.PositiveBigIntegerField(default=1)
    """Counted by the person's device: one more than the newest it knows."""
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["poll", "round", "user"], name="polls_answer_once")]
        indexes = [models.Index(fields=["poll", "round", "option"], name="polls_answer_tally")]

    def __str__(self) -> str:
        return f"{self.poll_id}/{self.round}"
