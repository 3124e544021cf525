"""Exhibitors' booths, the people who staff them, and the contact requests they receive."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from apps.core import clock, colour
from apps.events.models import COLOUR, Event
from apps.media.models import Asset


class Booth(models.Model):
    """An exhibitor’s place in the expo, which looks like their own small site."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="booths", verbose_name=_("event"))
    slug = models.SlugField(_("address"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    tagline = I18nCharField(_("one line about it"), max_length=200, blank=True)
    description = I18nTextField(_("description"), blank=True)
    brand = models.CharField(_("colour"), max_length=7, default="#0b4f5c", validators=[COLOUR])
    logo = models.ForeignKey(
        Asset,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "image"},
        verbose_name=_("logo"),
    )
    cover = models.ForeignKey(
        Asset,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "image"},
        verbose_name=_("cover"),
    )
    film = models.ForeignKey(
        Asset,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": "video"},
        verbose_name=_("film"),
    )
    website = models.URLField(_("website"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    is_published = models.BooleanField(_("shown in the expo"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["event", "slug"], name="exhibitors_booth_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("exhibitors:booth", args=[self.event.slug, self.slug])

    @property
    def brand_css_url(self) -> str:
        """Of the small stylesheet with its colours; another colour is another address."""
        digest = colour.digest(self.brand, self.event.accent)
        return reverse("exhibitors:style", args=[self.event.slug, self.slug, digest])


class BoothStaff(models.Model):
    reads_primary: ClassVar[bool] = True

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="staff", verbose_name=_("booth"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="booths", verbose_name=_("person"))

    class Meta:
        verbose_name = _("person at the booth")
        verbose_name_plural = _("people at the booth")
        constraints = [models.UniqueConstraint(fields=["booth", "user"], name="exhibitors_staff_once")]

    def __str__(self) -> str:
        return str(self.user)


class BoothDocument(models.Model):
    booth = models.ForeignKey(Booth, models.CASCADE, related_name="documents", verbose_name=_("booth"))
    asset = models.ForeignKey(
        Asset, models.CASCADE, related_name="+", limit_choices_to={"kind": "document"}, verbose_name=_("file")
    )
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("order"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["booth", "asset"], name="exhibitors_document_once")]

    def __str__(self) -> str:
        return str(self.asset)


class ContactRequest(models.Model):
    """What an attendee wrote to a booth: a lead, given by the person, with their consent to be answered."""

    is_audited: ClassVar[bool] = False

    booth = models.ForeignKey(Booth, models.CASCADE, related_name="contact_requests", verbose_name=_("booth"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contact_requests")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    company = models.CharField(_("company"), max_length=120, blank=True)
    message = models.TextField(_("message"), max_length=2000)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    """When it was answered, or laid aside without an answer."""
    created_at = models.DateTimeField(pgettext_lazy("when", "asked"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("contact request")
        verbose_name_plural = _("contact requests")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["booth", "handled_at", "-created_at"], name="exhibitors_contact_desk"),
            models.Index(fields=["user", "-handled_at"], name="exhibitors_contact_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.booth}"
