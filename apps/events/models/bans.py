"""What is left of a ban when the account it is of is deleted."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models.event import Event


class KeptBan(models.Model):
    """The ban stands for whoever comes with that address again. It holds no address, only a mark to know it by."""

    is_audited: ClassVar[bool] = False

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("ban of a deleted account")
        verbose_name_plural = _("bans of deleted accounts")
        constraints = [models.UniqueConstraint(fields=["mark", "event"], name="events_keptban_once")]

    def __str__(self) -> str:
        return str(self.event)
