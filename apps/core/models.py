"""What the platform itself keeps: the answers to calls that may be sent again."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core import clock


class KeptAnswer(models.Model):
    """The answer to a call that named an Idempotency-Key, or the place that is held for it while the call runs."""

    is_audited: ClassVar[bool] = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    """Of the key, who sent it, the method and the address."""
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    """None while the call runs."""
    content_type = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=500, blank=True)
    body = models.BinaryField(null=True)
    """None where it is longer than is kept."""
    begun_at = models.DateTimeField(default=clock.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.status or 'running'} since {self.begun_at}"
