"""The newest number of each log topic."""

from typing import ClassVar

from django.db import models


class Sequence(models.Model):
    """One row per event and topic; its lock is what makes the numbers of a topic gapless and in order of commit."""

    is_audited: ClassVar[bool] = False

    event_id = models.PositiveBigIntegerField()
    topic = models.CharField(max_length=80)
    value = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "topic"], name="live_sequence_once")]

    def __str__(self) -> str:
        return f"{self.topic} of {self.event_id}: {self.value}"
