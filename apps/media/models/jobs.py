"""The work of making films playable."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Organisation
from apps.media.models.files import Asset


class JobQuerySet(models.QuerySet["TranscodeJob"]):
    def free(self, now: datetime) -> "JobQuerySet":
        """Those that a worker may take: waiting and due, or left by a worker that no longer renews its lease."""
        due = Q(state=TranscodeJob.State.WAITING, not_before__lte=now)
        return self.filter(due | Q(state=TranscodeJob.State.RUNNING, leased_until__lt=now, remote__isnull=True))

    def remote(self) -> "JobQuerySet":
        """Those that another service works on."""
        return self.filter(state=TranscodeJob.State.RUNNING, remote__isnull=False)


class TranscodeJob(models.Model):
    """The work of making a film playable, held by a lease: a killed worker's job is taken up by another."""

    is_audited: ClassVar[bool] = False

    MOST_ATTEMPTS = 4

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Stopped")

    class Step(models.TextChoices):
        """In their order; a step that is done is not done again on the machine where it was."""

        FETCH = "fetch", _("Fetching the file")
        LOOK = "look", _("Looking what it is")
        MEASURE = "measure", _("Measuring the sound")
        LADDER = "ladder", _("Encoding")
        EXTRAS = "extras", _("Still and captions")
        STORE = "store", _("Storing")

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="job")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=12, choices=Step.choices, blank=True, db_default="")
    """The last that is done; what it made lies in the work folder of the machine (`adapters.workplace`)."""
    progress = models.PositiveSmallIntegerField(default=0)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    """Claims the bytes while it runs: no two jobs work on the same."""
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    remote = models.JSONField(null=True)
    """{"id":…, "encoding":…}: the id of MediaConvert's job, and the row that is written when it is done."""
    not_before = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)
    detail = models.TextField(max_length=4000, blank=True)
    """ffmpeg's own last words, for whoever runs the platform."""

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"],
                condition=Q(state="running") & ~Q(sha256=""),
                name="media_job_one_per_bytes",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="media_job_progress"),
        ]
        indexes = [
            models.Index(F("not_before"), condition=Q(state__in=["waiting", "running"]), name="media_job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} · {self.get_state_display()}"
