"""Folders of an event's library."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.events.models import Event

NAME_TAKEN = _("There is a folder of this name in that place. Choose another name.")


class Folder(models.Model):
    """Where files of an event lie in its library; nothing that people see of a file depends on it."""

    MOST_DEEP = 5
    MOST = 1000
    """In one event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="folders", verbose_name=_("event"))
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="folders", verbose_name=_("inside")
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="media_folder_once", violation_error_message=NAME_TAKEN
            ),
            models.UniqueConstraint(
                fields=["event", "name"],
                condition=Q(parent=None),
                name="media_folder_once_top",
                violation_error_message=NAME_TAKEN,
            ),
        ]

    def __str__(self) -> str:
        return self.name
