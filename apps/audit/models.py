"""What staff did: one row for each row that an act made, changed or deleted, and for what was done without one."""

from typing import Any, ClassVar, NoReturn

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from apps.core import clock

FOUND_BY = SearchVector("words", Replace("who", Value("@"), Value(" ")), config="simple")
"""What one searches in; an address in two parts, since somebody types either."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit log is only ever added to.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit log is only ever added to; `services.sweep` forgets what is too old.")


class Entry(models.Model):
    """Written by the trigger `audit_row` in the transaction of the act, and by `services.record`.

    The database refuses to change a row, and to delete one before its time (see the first migration). People, events
    and organisations stand here by number, without a foreign key: they may go, what was done stays.
    """

    is_audited: ClassVar[bool] = False

    class Kind(models.TextChoices):
        MADE = "made", _("Made")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")
        DONE = "done", _("Done")

    class Door(models.TextChoices):
        DESK = "desk", _("Desk")
        API = "api", _("API")
        PAGE = "page", _("Page")
        LIVE = "live", _("Page, live")
        COMMAND = "command", _("Command line")

    at = models.DateTimeField(_("when"), default=clock.now)
    act = models.UUIDField()
    """The same for all that one request did."""
    who_id = models.BigIntegerField(null=True)
    who = models.CharField(_("who"), max_length=254)
    """As they were called then: an address; on the socket, a name; of a command, its own."""
    door = models.CharField(_("by way of"), max_length=8, choices=Door.choices)
    place = models.CharField(_("page or command"), max_length=100, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    kind = models.CharField(_("what"), max_length=8, choices=Kind.choices)
    model = models.CharField(_("to what"), max_length=60, blank=True)
    """`tracks.session`."""
    thing = models.CharField(max_length=100, blank=True)
    """`tracks.session:12`."""
    owner = models.CharField(max_length=100, blank=True)
    """What the row belongs to, where that is another thing than the event: `polls.poll:7` of an option."""
    words = models.CharField(_("called"), max_length=200, blank=True)
    event_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("act of staff")
        verbose_name_plural = _("acts of staff")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="audit_of_organisation"),
            models.Index(fields=["event_id", "-id"], name="audit_of_event"),
            models.Index(fields=["who_id", "-id"], name="audit_of_person"),
            models.Index(fields=["thing", "-id"], name="audit_of_thing", condition=~Q(thing="")),
            models.Index(fields=["owner", "-id"], name="audit_of_owner", condition=~Q(owner="")),
            BrinIndex(fields=["at"], name="audit_when"),
            GinIndex(FOUND_BY, name="audit_found"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.words or self.thing}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit log is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit log is only ever added to.")
