"""Who asks for an organisation of their own, where people make none by themselves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models.event import Organisation


class OrganisationWish(models.Model):
    """Those who run the platform say yes, and it is made with them as its owner; or no."""

    class State(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        GRANTED = "granted", _("Made")
        DECLINED = "declined", _("Declined")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="organisation_wishes", verbose_name=_("by")
    )
    name = models.CharField(_("name"), max_length=120)
    words = models.TextField(_("what for"), max_length=1000)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    answer = models.TextField(_("answer"), max_length=500, blank=True, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("organisation"),
    )
    """What was made of it."""
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    created_at = models.DateTimeField(_("asked at"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("wish for an organisation")
        verbose_name_plural = _("wishes for an organisation")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name
