"""Machines that write along what is said on a stage, while it is live."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core import clock
from apps.events.models import Event
from apps.media.models.streams import Stream


class HearingQuerySet(models.QuerySet["Hearing"]):
    def due(self, now: datetime) -> "HearingQuerySet":
        """Those that a process may take for its next look, who has waited longest first."""
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.filter(free, look_at__lte=now).order_by("look_at", "pk")


class Hearing(models.Model):
    """Of one stage's live stream. Each look holds it for itself; who is killed leaves it to another."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("heard_until", "heard_number", "look_at", "leased_until", "failures")

    event = models.ForeignKey(Event, models.CASCADE, related_name="hearings")
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="hearings")
    stage_key = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    """That is spoken."""
    heard_until = models.DateTimeField(default=clock.now)
    """What was said before this moment is written."""
    heard_number = models.IntegerField(default=-1)
    """The last segment that was listened to."""
    look_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """One after the other."""

    objects = HearingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "stage_key"], name="media_hearing_once")]
        indexes = [models.Index(fields=["look_at"], name="media_hearing_due")]

    def __str__(self) -> str:
        return f"{self.stage_key} ({self.language})"
