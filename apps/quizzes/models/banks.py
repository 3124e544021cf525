"""What is written beforehand: banks of questions, and quizzes that ask them."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from apps.core import clock
from apps.events.models import Event
from apps.media.models import Asset
from apps.tracks.models import Session

MOST_ASKED = 100
"""Questions in one playing; a bank may hold more of them, to draw from."""
MOST_HELD = 500
"""Questions in one bank, however they came in."""
MOST_BANKS, MOST_QUIZZES = 500, 500
"""Of one event."""
SHOWN_WITH = Q(kind__in=[Asset.Kind.IMAGE, Asset.Kind.VIDEO, Asset.Kind.AUDIO])


class Bank(models.Model):
    event = models.ForeignKey(Event, models.CASCADE, related_name="quiz_banks", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def room(self) -> int:
        """For so many questions more."""
        return max(0, MOST_HELD - self.questions.count())


class Question(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", pgettext_lazy("kind of question", "One right answer")
        MULTIPLE = "multiple", pgettext_lazy("kind of question", "Several right answers")
        TRUTH = "truth", pgettext_lazy("kind of question", "True or false")
        ORDER = "order", pgettext_lazy("kind of question", "Put in order")
        NUMBER = "number", pgettext_lazy("kind of question", "A number")
        TEXT = "text", pgettext_lazy("kind of question", "Typed answer")

    class Worth(models.IntegerChoices):
        NONE = 0, _("No points")
        NORMAL = 1000, _("1,000 points")
        DOUBLE = 2000, _("2,000 points")

    bank = models.ForeignKey(Bank, models.CASCADE, related_name="questions", verbose_name=_("question bank"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    text = I18nCharField(_("question"), max_length=300)
    media = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+", limit_choices_to=SHOWN_WITH,
        verbose_name=_("picture or clip"), help_text=_("Bring it in under Files first; every file is checked there."),
    )  # fmt: skip
    media_words = I18nCharField(
        _("what it shows"), max_length=300, blank=True, help_text=_("For those who cannot see it; without the answer.")
    )
    seconds = models.PositiveSmallIntegerField(
        _("seconds to answer"), default=20, validators=[MinValueValidator(5), MaxValueValidator(600)]
    )
    worth = models.PositiveSmallIntegerField(_("points"), choices=Worth.choices, default=Worth.NORMAL)
    truth = models.BooleanField(_("it is true"), default=True)
    number = models.DecimalField(_("right number"), max_digits=18, decimal_places=6, null=True, blank=True)
    tolerance = models.DecimalField(
        _("tolerance"), max_digits=18, decimal_places=6, default=0, validators=[MinValueValidator(0)],
        help_text=_("How far off an answer may be and still be right."),
    )  # fmt: skip
    unit = models.CharField(
        _("unit"), max_length=20, blank=True, help_text=_("Stands beside the number, for instance km or %.")
    )
    explanation = I18nTextField(
        _("explanation"), max_length=1000, blank=True, help_text=_("Shown with the right answer.")
    )
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.text)

    def clean(self) -> None:
        comes = self._state.adding or Question.objects.filter(pk=self.pk).exclude(bank=self.bank_id).exists()
        if self.bank_id and comes and not self.bank.room:
            raise ValidationError({"bank": _("This bank is full: it holds %(most)d questions.") % {"most": MOST_HELD}})
        if self.media and self.bank_id and self.media.event_id != self.bank.event_id:
            raise ValidationError({"media": _("Choose a file of the event that the question bank belongs to.")})


class Choice(models.Model):
    """An answer to choose from, an item to put into order (they stand in the right one), or an accepted spelling."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices", verbose_name=_("quiz question"))
    text = I18nCharField(_("answer"), max_length=200)
    is_right = models.BooleanField(_("right"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class Quiz(models.Model):
    class Mode(models.TextChoices):
        LIVE = "live", _("Played together, live")
        ALONE = "alone", _("Each by themselves (training)")

    event = models.ForeignKey(Event, models.CASCADE, related_name="quizzes", verbose_name=_("event"))
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="quizzes", verbose_name=_("session"),
        help_text=_("With one it is played on the session’s page, without one in the lobby."),
    )  # fmt: skip
    bank = models.ForeignKey(Bank, models.RESTRICT, related_name="quizzes", verbose_name=_("question bank"))
    title = I18nCharField(_("title"), max_length=200)
    mode = models.CharField(_("how it is played"), max_length=8, choices=Mode.choices, default=Mode.LIVE)
    draws = models.PositiveSmallIntegerField(
        _("number of questions"), default=0, help_text=_("0: all questions of the bank."),
        validators=[MaxValueValidator(MOST_ASKED)],
    )  # fmt: skip
    shuffles = models.BooleanField(_("questions in a new order each time"), default=False)
    is_published = models.BooleanField(_("attendees see the training"), default=False)
    pass_percent = models.PositiveSmallIntegerField(
        _("percent needed to pass"), default=60, validators=[MaxValueValidator(100)]
    )
    most_attempts = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=0, help_text=_("0: as many as one likes."), validators=[MaxValueValidator(100)]
    )
    reviews = models.BooleanField(_("show the right answers afterwards"), default=True)
    teams = models.BooleanField(
        _("played in teams"),
        default=False,
        help_text=_("The first who names a team is its captain and answers for it."),
    )
    talk_seconds = models.PositiveSmallIntegerField(
        _("seconds to talk before the captain answers"), default=10, validators=[MaxValueValidator(120)]
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        name = "training" if self.mode == self.Mode.ALONE else "quiz"
        return reverse(f"quizzes:{name}", args=[self.event.slug, self.pk])
