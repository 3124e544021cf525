"""The newest number of each log topic; who was revoked lately, and what was asked about again (see `lately.py`)."""

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


class Floor(models.Model):
    """The least epoch that a ticket of this person must carry; of nobody (0), that all must. It goes after a day, and
    what it follows from is audited where it is done."""

    is_audited: ClassVar[bool] = False

    event_id = models.PositiveBigIntegerField()
    user_id = models.PositiveBigIntegerField()
    epoch = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "user_id"], name="live_floor_once")]
        indexes = [models.Index(fields=["event_id", "at"], name="live_floor_lately")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.event_id}: {self.epoch}"


class Asking(models.Model):
    """A place at which all who hear something are put to its guard once more. It goes after a day."""

    is_audited: ClassVar[bool] = False

    event_id = models.PositiveBigIntegerField()
    place = models.CharField(max_length=80)
    mark = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "place"], name="live_asking_once")]
        indexes = [models.Index(fields=["event_id", "at"], name="live_asking_lately")]

    def __str__(self) -> str:
        return f"{self.place} of {self.event_id}"
