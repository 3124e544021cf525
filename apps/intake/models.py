"""What was accepted and could not be applied."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock


class DeadLetter(models.Model):
    """An item that its owner could not write, with the reason. It waits here for an organiser, and blocks nobody."""

    is_audited: ClassVar[bool] = False

    event_id = models.PositiveBigIntegerField(_("event"), null=True, editable=False)
    """By number: events are above this room. None where the gate's owner does not know it any more."""
    kind = models.CharField(_("kind"), max_length=60)
    gate = models.CharField(_("where"), max_length=120)
    title = models.CharField(_("answer to"), max_length=300, blank=True)
    """What the gate is of, in its owner's words."""
    key = models.CharField(max_length=120)
    """Who sent it. It is never shown."""
    revision = models.PositiveBigIntegerField()
    body = models.JSONField()
    at = models.DateTimeField(_("accepted"), null=True)
    code = models.CharField(max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    created_at = models.DateTimeField(_("set aside"), default=clock.now)
    tried_at = models.DateTimeField(_("last tried"), default=clock.now)

    class Meta:
        verbose_name = _("answer set aside")
        verbose_name_plural = _("answers set aside")
        ordering = ["-tried_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "gate", "key", "revision"], name="intake_dead_letter_once")
        ]
        indexes = [
            models.Index(fields=["event_id", "-tried_at"], name="intake_dead_letter_event"),
            models.Index(fields=["gate", "key"], name="intake_dead_letter_of_whom"),
        ]

    def __str__(self) -> str:
        return f"{self.gate} · {self.code}"
