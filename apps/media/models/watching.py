"""What was watched: by each person, and in each minute of a film."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core import clock
from apps.media.models.files import Asset


class Watched(models.Model):
    """How long one person has watched one film, and where they stopped."""

    is_audited: ClassVar[bool] = False

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="watched")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watched")
    seconds = models.FloatField(default=0)
    """Of the watch on the wall: never more than passed, however fast it was played."""
    furthest = models.FloatField(default=0)
    place = models.FloatField(default=0)
    """Where they stopped, in seconds from the beginning of the film."""
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "person"], name="media_watched_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.seconds:.0f} s"


class WatchedMinute(models.Model):
    """How long one minute of a film was shown to all people together."""

    is_audited: ClassVar[bool] = False

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="watched_minutes")
    minute = models.PositiveIntegerField()
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "minute"], name="media_watched_minute_once")]

    def __str__(self) -> str:
        return f"{self.minute}: {self.seconds:.0f} s"
