"""An announcement that is to be mailed: how far that is, so that nobody gets it twice."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Announcement

LONGEST_TRIED = timedelta(days=2)
"""A mailing that raises for so long is given up: its words are old."""


class MailingQuerySet(models.QuerySet["Mailing"]):
    def due(self, now: datetime) -> "MailingQuerySet":
        return self.filter(done_at=None, due_at__lte=now, created_at__gt=now - LONGEST_TRIED)


class Mailing(models.Model):
    """Written with what is said; workers owe its mails batch by batch, each in the transaction that moves `upto`."""

    is_audited: ClassVar[bool] = False

    announcement = models.OneToOneField(Announcement, models.CASCADE, related_name="mailing")
    upto = models.PositiveBigIntegerField(default=0)
    """The number of the last person who was owed it."""
    created_at = models.DateTimeField(default=clock.now, editable=False)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    """How often in a row it raised."""
    due_at = models.DateTimeField(default=clock.now, db_default=Now())
    """Put off while it raises, so that others go on."""

    objects: ClassVar[MailingQuerySet] = MailingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="notifications_mailing_due")
        ]

    def __str__(self) -> str:
        return str(self.announcement)
