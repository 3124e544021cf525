"""The work that machines do on transcripts: writing them down, translating them, burning them into a film."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, tongues
from apps.events.models import Event
from apps.media.models.files import Asset
from apps.media.models.transcripts import Transcript


class WordJobQuerySet(models.QuerySet["WordJob"]):
    def free(self, now: datetime) -> "WordJobQuerySet":
        """Those that a worker may take: waiting and due, or left by a worker that no longer renews its lease."""
        due = Q(state=WordJob.State.WAITING, not_before__lte=now)
        return self.filter(due | Q(state=WordJob.State.RUNNING, leased_until__lt=now))


class WordJob(models.Model):
    """Held by a lease, as a `TranscodeJob` is: a killed worker's job is taken up by another."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = (
        "progress", "attempts", "lease", "leased_until", "not_before", "remote", "begun_at", "detail",
    )  # fmt: skip

    MOST_ATTEMPTS = 4

    class Kind(models.TextChoices):
        SPEECH = "speech", _("Write a transcript")
        TRANSLATION = "translation", _("Translate")
        BURN = "burn", _("Burn captions in")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    event = models.ForeignKey(Event, models.CASCADE, related_name="word_jobs")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="word_jobs")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.ForeignKey(Transcript, models.CASCADE, null=True, related_name="+")
    """What is translated, or burned in."""
    language = models.CharField(max_length=10)
    """Of what is written."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=clock.now)
    remote = models.CharField(max_length=200, blank=True)
    """What a service elsewhere calls it, while it is at work."""
    begun_at = models.DateTimeField(null=True)
    """When that service was asked; it is waited for within bounds."""
    file = models.CharField(max_length=300, blank=True)
    """The storage name of what was made."""
    keep_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)
    detail = models.TextField(max_length=4000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = WordJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "kind", "language"],
                condition=Q(state__in=["waiting", "running"]),
                name="media_word_job_once",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="media_word_job_progress"),
        ]
        indexes = [
            models.Index(F("not_before"), condition=Q(state__in=["waiting", "running"]), name="media_word_job_open"),
            models.Index(F("keep_until"), condition=Q(keep_until__isnull=False), name="media_word_job_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} · {self.get_kind_display()} · {self.language}"

    @property
    def language_name(self) -> str:
        """In the reader's language."""
        return tongues.with_region(self.language)

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)
