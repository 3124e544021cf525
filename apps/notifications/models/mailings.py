"""An announcement that is to be mailed: how far that is, so that nobody gets it twice."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import Announcement


class Mailing(models.Model):
    """Written with what is said; workers owe its mails batch by batch, each in the transaction that moves `upto`."""

    is_audited: ClassVar[bool] = False

    announcement = models.OneToOneField(Announcement, models.CASCADE, related_name="mailing")
    upto = models.PositiveBigIntegerField(default=0)
    """The number of the last person who was owed it."""
    created_at = models.DateTimeField(default=clock.now, editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="notifications_mailing_due")
        ]

    def __str__(self) -> str:
        return str(self.announcement)
