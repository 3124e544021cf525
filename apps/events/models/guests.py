"""Lists of people whom an organiser invites by file."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models.event import Event


class GuestList(models.Model):
    """A file as it was read, and what became of each of its lines. Its people are invited once the organiser has seen
    what it says."""

    reads_primary: ClassVar[bool] = True

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
    rows = models.JSONField(default=list, editable=False)
    """Those that can be invited: [{"line", "email", "name", "company", "title", "ticket"}]; ticket is an id or null."""
    problems = models.JSONField(default=list, editable=False)
    """[[line, what is wrong with it, as `core.words.kept` has it]]"""
    outcomes = models.JSONField(default=list, editable=False)
    """[[line, code, kept words]], as long as `rows` when it is done. Code: invited, known, or that of the refusal."""
    created_at = models.DateTimeField(_("read at"), default=clock.now, editable=False)
    touched_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("guest list")
        verbose_name_plural = _("guest lists")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def counted(self, *codes: str) -> int:
        return sum(code in codes for _line, code, _words in self.outcomes)

    @property
    def invited(self) -> int:
        return self.counted("invited")

    @property
    def known(self) -> int:
        return self.counted("known")

    @property
    def refused(self) -> int:
        return len(self.outcomes) - self.invited - self.known
