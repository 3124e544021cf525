"""What the organisers say, to whom, when and how."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nTextField

from apps.core import clock
from apps.core.moments import in_reach
from apps.events.models.event import Event


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def said(self) -> "AnnouncementQuerySet":
        return self.filter(state=Announcement.State.SAID)

    def on_screen(self) -> "AnnouncementQuerySet":
        return self.said().filter(on_screen=True)

    def scheduled(self) -> "AnnouncementQuerySet":
        return self.filter(state=Announcement.State.SCHEDULED)


class Announcement(models.Model):
    """A word of the organisers to everybody or to some, shown in the lobby and live, or mailed; now or at its time."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("reached", "mailed")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        SAID = "said", _("Said")
        MISSED = "missed", _("Missed its time")
        CANCELLED = "cancelled", _("Called off")

    event = models.ForeignKey(Event, models.CASCADE, related_name="announcements", verbose_name=_("event"))
    seq = models.PositiveBigIntegerField(null=True, editable=False)
    """Its number among what was said on screen to the same audience; null where it was not, or not yet."""
    audience = models.CharField(_("to whom"), max_length=40, blank=True)
    """Empty: everybody. Else a segment's key (`events.segments`): role/speaker, ticket/7, session/12, coming."""
    audience_name = models.CharField(_("to whom"), max_length=200, blank=True, editable=False)
    """What the segment was called when it was chosen: tickets and sessions are renamed, and go."""
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SAID, editable=False)
    due_at = models.DateTimeField(_("when"), null=True, blank=True)
    """When it is to be said; null where it was said at once."""
    on_screen = models.BooleanField(_("on screen"), default=True)
    by_mail = models.BooleanField(_("by mail"), default=False)
    reached = models.PositiveIntegerField(_("reached"), null=True, editable=False)
    """How many it was for when it was said."""
    mailed = models.PositiveIntegerField(_("mailed"), default=0, editable=False)
    text = I18nTextField(_("text"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("said"), default=clock.now, editable=False)

    objects: ClassVar[AnnouncementQuerySet] = AnnouncementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "audience", "seq"], name="events_announcement_seq_of"),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(due_at__isnull=False), name="events_announcement_when"
            ),
            models.CheckConstraint(condition=Q(on_screen=True) | Q(by_mail=True), name="events_announcement_how"),
            in_reach("due_at", name="events_announcement_in_reach"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="scheduled"), name="events_announcement_due"),
        ]

    def __str__(self) -> str:
        return Truncator(str(self.text)).chars(80)

    @property
    def is_scheduled(self) -> bool:
        return self.state == self.State.SCHEDULED

    @property
    def said_at(self) -> datetime | None:
        return self.created_at if self.state == self.State.SAID else None
