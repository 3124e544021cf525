"""What organisers chose in a list for more people than one request can serve."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models.event import Event


class Errand(models.Model):
    """A bulk action that workers do, some people at a time: for whom, and how far it is."""

    reads_primary: ClassVar[bool] = True
    audit_leaves_out: ClassVar[tuple[str, ...]] = (
        "rows", "at_row", "done", "refused", "state", "touched_at", "door",
    )  # fmt: skip

    class Deed(models.TextChoices):
        APPROVE = "approve", _("Say yes: they get a place")
        DECLINE = "decline", _("Say no: they hear of it by mail")
        RECONSIDER = "reconsider", _("Take a no back: decide again")
        CANCEL = "cancel", _("Cancel these places")
        SEND_LINKS = "send_links", _("Mail their link again")
        REVOKE_LINKS = "revoke_links", _("End all their links")
        MAIL_ROLES = "mail_roles", _("Mail the links of their roles")
        END_ROLES = "end_roles", _("End the links of their roles")
        LIFT_BANS = "lift_bans", _("Let in again")

    OF_ROLES: ClassVar[tuple[str, ...]] = (Deed.MAIL_ROLES, Deed.END_ROLES)
    OF_BANS: ClassVar[tuple[str, ...]] = (Deed.LIFT_BANS,)
    OF_REGISTRATIONS: ClassVar[tuple[str, ...]] = tuple({*Deed} - {*OF_ROLES, *OF_BANS})
    """What the deeds are done to."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being done")
        DONE = "done", _("Done")

    event = models.ForeignKey(Event, models.CASCADE, related_name="errands", verbose_name=_("event"))
    deed = models.CharField(_("what"), max_length=12, choices=Deed.choices, editable=False)
    reason = models.CharField(_("a word to them"), max_length=500, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    door = models.CharField(max_length=8, default="desk", db_default="desk", editable=False)
    """By which one it was asked for, as the audit log names them."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING, editable=False)
    rows = models.JSONField(default=list, editable=False)
    """Ids of the registrations, roles or bans that were chosen."""
    count = models.PositiveIntegerField(_("people"), default=0, editable=False)
    at_row = models.PositiveIntegerField(default=0, editable=False)
    """How many of them a worker came to."""
    done = models.PositiveIntegerField(_("done"), default=0, editable=False)
    refused = models.JSONField(default=list, editable=False)
    """[[id of the registration, code, kept words]]: the first of those for whom it could not be done."""
    created_at = models.DateTimeField(_("begun"), default=clock.now, editable=False)
    touched_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("large action")
        verbose_name_plural = _("large actions")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.get_deed_display())

    @property
    def left_out(self) -> int:
        return self.at_row - self.done
