"""Lists of people whom an organiser invites by file."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models.event import Event


class GuestList(models.Model):
    """A file as it was read, and what became of each of its lines. Its people are invited once the organiser has seen
    what it says."""

    reads_primary: ClassVar[bool] = True
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("rows", "problems", "touched_at", "door")

    class State(models.TextChoices):
        READ = "read", _("Read, nobody is invited yet")
        RUNNING = "running", _("Being invited")
        DONE = "done", _("Done")

    event = models.ForeignKey(Event, models.CASCADE, related_name="guest_lists", verbose_name=_("event"))
    name = models.CharField(_("file"), max_length=120, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.READ, editable=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("invited by"),
    )
    """Who said that its people be invited; in their name it is done."""
    door = models.CharField(max_length=8, default="desk", db_default="desk", editable=False)
    """By which one they said so, as the audit log names them."""
    rows = models.JSONField(default=list, editable=False)
    """Those that can be invited: [{"line", "email", "name", "company", "title", "ticket"}]; ticket is an id or null."""
    problems = models.JSONField(default=list, editable=False)
    """[[line, what is wrong with it, as `core.words.kept` has it]]"""
    people = models.PositiveIntegerField(_("people"), default=0, db_default=0, editable=False)
    """How many `rows` there are; how many `problems`; and how far it is: lists are read without what they hold."""
    wrong = models.PositiveIntegerField(_("lines with a mistake"), default=0, db_default=0, editable=False)
    done = models.PositiveIntegerField(_("done"), default=0, db_default=0, editable=False)
    invited = models.PositiveIntegerField(_("invited"), default=0, db_default=0, editable=False)
    known = models.PositiveIntegerField(_("known before"), default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(_("read at"), default=clock.now, editable=False)
    touched_at = models.DateTimeField(default=clock.now, editable=False)
    forgotten_at = models.DateTimeField(_("forgotten at"), null=True, editable=False)
    """When who stood in it, and what became of each, was let go; the numbers stay."""

    class Meta:
        verbose_name = _("guest list")
        verbose_name_plural = _("guest lists")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def refused(self) -> int:
        return self.done - self.invited - self.known

    @property
    def outcomes(self) -> list[list[Any]]:
        """[[line, code, words]] of those that are done. Code: invited, known, or that of the refusal."""
        batches = self.batches.order_by("pk").values_list("outcomes", flat=True)
        return [outcome for batch in batches for outcome in batch]


class GuestBatch(models.Model):
    """What became of some people of a list: written once, so that a long list is not written anew at every step."""

    is_audited: ClassVar[bool] = False
    reads_primary: ClassVar[bool] = True

    guests = models.ForeignKey(GuestList, models.CASCADE, related_name="batches", editable=False)
    outcomes = models.JSONField(default=list, editable=False)

    def __str__(self) -> str:
        return f"{self.guests_id}: {len(self.outcomes)}"
