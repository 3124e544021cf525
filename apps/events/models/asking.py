"""What an event asks whoever registers, and what they answered."""

from typing import ClassVar

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from apps.core import clock
from apps.events.models.event import Event
from apps.events.models.registration import Registration
from apps.events.models.ticket import TicketKind

MOST_QUESTIONS = 100
"""Of one event: each is asked of whoever registers, and is a column of the table of them."""


class Question(models.Model):
    class Kind(models.TextChoices):
        TEXT = "text", _("One line of text")
        LONG = "long", _("Several lines of text")
        CHOICE = "choice", _("One of several")
        SEVERAL = "several", _("Any of several")
        CONSENT = "consent", _("Consent: a tick, and what was agreed to is kept")

    OF_CHOICES: ClassVar[tuple[str, ...]] = (Kind.CHOICE, Kind.SEVERAL)

    event = models.ForeignKey(Event, models.CASCADE, related_name="registration_questions", verbose_name=_("event"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.TEXT)
    label = I18nTextField(_("question"), max_length=1000)
    """Of a consent the very words that are agreed to; web addresses in it become links."""
    help = I18nCharField(_("help"), max_length=300, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_asked = models.BooleanField(_("asked"), default=True)
    tickets = models.ManyToManyField(
        TicketKind,
        blank=True,
        related_name="questions",
        verbose_name=_("only with these tickets"),
        help_text=_("None chosen: with all."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    """Grows when the words of a consent change: who agreed to the former ones agreed to those."""

    class Meta:
        verbose_name = _("question at registration")
        verbose_name_plural = _("questions at registration")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return Truncator(str(self.label)).chars(80)

    @property
    def field(self) -> str:
        """What it is called in forms and in the API."""
        return f"q{self.pk}"

    @property
    def has_choices(self) -> bool:
        return self.kind in self.OF_CHOICES


class Choice(models.Model):
    question = models.ForeignKey(Question, models.CASCADE, related_name="choices", verbose_name=_("question"))
    label = I18nCharField(_("choice"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.label)


class Answer(models.Model):
    """What one person answered, in the words of that moment: a choice that is renamed rewrites nobody's answer."""

    reads_primary: ClassVar[bool] = True

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="answers", verbose_name=_("registration")
    )
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers", verbose_name=_("question"))
    text = models.TextField(_("answer"), max_length=4000)
    picked = models.JSONField(default=list, editable=False)
    """The chosen ones' ids."""
    version = models.PositiveIntegerField(_("version"), default=1)
    """Of the question."""
    created_at = models.DateTimeField(_("answered"), default=clock.now)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position", "question_id"]
        constraints = [models.UniqueConstraint(fields=["registration", "question"], name="events_answer_once")]

    def __str__(self) -> str:
        return Truncator(self.text).chars(80)
