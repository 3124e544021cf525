"""Polls: a question, its options, what each person answered, and the templates that an organisation keeps."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from apps.core import clock
from apps.core.moments import in_reach, validate_moment
from apps.events.models import Event, Organisation
from apps.media.models import Asset
from apps.tracks.models import Session


class Kind(models.TextChoices):
    """How people answer; `kinds` has what each of them means."""

    SINGLE = "single", _("One of several")
    MULTIPLE = "multiple", _("Several of several")
    IMAGE = "image", _("One of several pictures")
    SCALE = "scale", _("A scale")
    RANKING = "ranking", _("A ranking")
    POINTS = "points", _("100 points to share out")
    WORDS = "words", _("A word cloud")
    TEXT = "text", _("Open text")


class Poll(models.Model):
    Kind = Kind

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        ARCHIVED = "archived", _("Put away")

    class Results(models.TextChoices):
        LIVE = "live", _("Everybody sees them grow")
        ANSWERED = "answered", _("Those who have answered see them")
        CLOSE = "close", _("Everybody, once it is closed")
        HIDDEN = "hidden", _("Only the organisers, until they show them")

    event = models.ForeignKey(Event, models.CASCADE, related_name="polls", verbose_name=_("event"))
    session = models.ForeignKey(
        Session, models.SET_NULL, null=True, blank=True, related_name="polls", verbose_name=_("session"),
        help_text=_("Without one it is asked in the whole event."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.SINGLE)
    question = I18nCharField(_("question"), max_length=300)
    least = models.SmallIntegerField(_("at least"), null=True, blank=True)
    """With `most`, what its kind makes of them: options to choose, ends of a scale, words a person, characters."""
    most = models.SmallIntegerField(_("at most"), null=True, blank=True)
    low_words = I18nCharField(_("what the low end means"), max_length=80, blank=True)
    high_words = I18nCharField(_("what the high end means"), max_length=80, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    results = models.CharField(_("who sees the results"), max_length=8, choices=Results.choices, default=Results.LIVE)
    may_change = models.BooleanField(_("answers may be changed while it is open"), default=True)
    anonymous = models.BooleanField(
        _("answers are anonymous"), default=False, help_text=_("Nobody learns who answered what, not even you.")
    )
    moderated = models.BooleanField(
        _("words are shown once somebody has approved them"),
        default=False,
        help_text=_("Otherwise they are shown at once, and can be hidden."),
    )
    takes_late = models.BooleanField(
        _("who watches the recording may answer too"),
        default=False,
        help_text=_("Such answers are counted apart, once the session is over."),
    )
    locked = models.BooleanField(default=False, editable=False)
    """Open, and no answer is taken for the moment."""
    revealed = models.BooleanField(default=False, editable=False)
    """Everybody sees the results, whatever `results` says."""
    round = models.PositiveIntegerField(default=1, editable=False)
    """A reset begins a new round; answers belong to one."""
    opens_at = models.DateTimeField(
        _("opens by itself at"),
        null=True,
        blank=True,
        help_text=_("Left empty, it waits until somebody opens it."),
        validators=[validate_moment],
    )
    seconds = models.PositiveIntegerField(
        _("seconds to answer"), null=True, blank=True,
        help_text=_("From each opening on. Left empty, it stays open until somebody closes it."),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closes_at = models.DateTimeField(_("closes by itself at"), null=True, blank=True, validators=[validate_moment])
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["closes_at"], condition=models.Q(state="open"), name="polls_poll_closing"),
            models.Index(fields=["opens_at"], condition=models.Q(state="scheduled"), name="polls_poll_opening"),
        ]
        constraints = [in_reach("opens_at", "closes_at", name="polls_poll_in_reach")]

    def __str__(self) -> str:
        return str(self.question)

    def get_absolute_url(self) -> str:
        return reverse("polls:poll", args=[self.event.slug, self.pk])

    @cached_property
    def option_ids(self) -> frozenset[int]:
        """Needs `options`; as they were when it was asked first, for whoever reads many answers."""
        return frozenset(option.pk for option in self.options.all())

    @property
    def gate(self) -> str:
        """What must be open to answer this round, in the intake's words."""
        return gate_of(self.pk, self.round)

    @property
    def late_gate(self) -> str:
        """The same for those who watch the recording."""
        return gate_of(self.pk, self.round, late=True)

    def is_on_at(self, moment: datetime) -> bool:
        """Opened and not closed; it may be locked. By the server's clock: the closing time counts even before anything
        has written that it is closed."""
        return self.state == self.State.OPEN and (self.closes_at is None or moment < self.closes_at)

    def takes_late_at(self, moment: datetime) -> bool:
        """Needs `session`. The recording must be there, and whoever was in the session have gone."""
        session = self.session
        return (
            self.takes_late
            and self.state == self.State.CLOSED
            and session is not None
            and session.video_id is not None
            and session.ends_at <= moment
        )


def gate_of(poll_id: int, number: int, *, late: bool = False) -> str:
    return f"poll/{poll_id}/{number}{'/late' if late else ''}"


class Option(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options", verbose_name=_("poll"))
    text = I18nCharField(_("option"), max_length=200)
    picture = models.ForeignKey(
        Asset,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "image"},
        verbose_name=_("picture"),
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.text)


class Answer(models.Model):
    """The standing answer of one voter in one round; the highest revision wins, so redelivery changes nothing.

    Here the database does not look after the foreign keys: it would ask for each row alone, which is a third of what a
    vote costs it. Whoever writes rows looks once a batch, and `services.going` keeps deletions away meanwhile.
    """

    is_audited: ClassVar[bool] = False

    # The unique index begins with the poll, and every index costs each vote its share.
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="answers", db_index=False, db_constraint=False)
    round = models.PositiveIntegerField()
    late = models.BooleanField(default=False)
    """Given while watching the recording, and counted apart."""
    voter = models.CharField(max_length=64)
    """The person's number; of an anonymous poll, what `services.voters` makes of it under the round's secret."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="poll_answers", db_constraint=False
    )
    """None in an anonymous poll."""
    said = models.JSONField()
    """In the shape of the poll's kind."""
    counts = models.JSONField(default=dict)
    """What it adds to the poll's counters, as `kinds.counts_of(said)` says: any kind is added up by one query."""
    revision = models.PositiveBigIntegerField(default=1)
    """Counted by the person's device: one more than the newest it knows."""
    answered_at = models.DateTimeField(null=True, default=clock.now)
    """None in an anonymous poll: times would tell who."""

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["poll", "round", "late", "voter"], name="polls_answer_per_voter"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}/{self.round}"


def new_secret() -> bytes:
    return secrets.token_bytes(32)


class Secret(models.Model):
    """Under which an anonymous round's voters are named while it is open. Gone with the close, and with it the way
    from an answer to its person."""

    is_audited: ClassVar[bool] = False

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="secrets")
    round = models.PositiveIntegerField()
    late = models.BooleanField(default=False)
    key = models.BinaryField(default=new_secret)
    since = models.PositiveIntegerField(default=0)
    """How many late answers there were when it was made: who watches a recording has no close, so their secrets are
    renewed once there are more."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "round", "late"], name="polls_secret_once")]

    def __str__(self) -> str:
        return gate_of(self.poll_id, self.round, late=self.late)

    @property
    def mark(self) -> str:
        """Tells it from the one before and says nothing of either: no number is given twice."""
        return str(self.pk)


class Participation(models.Model):
    """That somebody took part in an anonymous round: written at its close, all at once, in no order and without a
    time, so that nothing leads from here to an answer."""

    is_audited: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="participations")
    round = models.PositiveIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="poll_participations")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "round", "user"], name="polls_participation_once")]

    def __str__(self) -> str:
        return gate_of(self.poll_id, self.round)


class Unmixed(models.Model):
    """Answers to an anonymous round that is over lie in the order in which they came; `services.mix_answers` is due, or
    has come so far."""

    is_audited: ClassVar[bool] = False

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="unmixed")
    round = models.PositiveIntegerField()
    late = models.BooleanField(default=False)
    """With `voter`: the last answer that was moved."""
    voter = models.CharField(max_length=64, default="")
    person = models.PositiveBigIntegerField(default=0)
    """The last one who took part, of those that were moved."""
    again = models.BooleanField(default=False)
    """Rows have come since it began."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "round"], name="polls_unmixed_once")]

    def __str__(self) -> str:
        return gate_of(self.poll_id, self.round)


class Ruling(models.Model):
    """Whether some words of a poll are shown. It holds for whoever says them, in every round."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="rulings")
    subject = models.CharField(max_length=64)
    """What `kinds.wording.subject` makes of the words."""
    shown = models.BooleanField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "subject"], name="polls_ruling_once")]

    def __str__(self) -> str:
        return self.subject


class Template(models.Model):
    """A poll to be asked again, in any event of the organisation."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="poll_templates", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    content = models.JSONField(editable=False)
    """What `services.create_poll` takes."""
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("poll template")
        verbose_name_plural = _("poll templates")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
