"""The work on files that are not films: looked at for viruses, pictures written anew, pages drawn."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.media.models.files import Asset


class FileJobQuerySet(models.QuerySet["FileJob"]):
    def free(self, now: datetime) -> "FileJobQuerySet":
        """Those that a worker may take: waiting and due, or left by a worker that no longer renews its lease."""
        due = Q(state=FileJob.State.WAITING, not_before__lte=now)
        return self.filter(due | Q(state=FileJob.State.RUNNING, leased_until__lt=now))


class FileJob(models.Model):
    """What a worker has still to do with a file, held by a lease: a killed worker's job is taken up by another."""

    is_audited: ClassVar[bool] = False

    MOST_ATTEMPTS = 4

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    asset = models.OneToOneField(Asset, models.CASCADE, related_name="file_job")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    """In percent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)
    """A code of `apps.media.selectors.REASONS`; of a document whose pages could not be drawn, too."""
    detail = models.TextField(max_length=4000, blank=True)

    objects = FileJobQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(progress__lte=100), name="media_file_job_progress")]
        indexes = [
            models.Index(F("not_before"), condition=Q(state__in=["waiting", "running"]), name="media_file_job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} · {self.get_state_display()}"
