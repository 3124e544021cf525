"""What one can register for, and the codes that open it."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from apps.core import clock
from apps.core.moments import in_reach, validate_moment
from apps.events.models.event import Event

CODE = RegexValidator(r"^[A-Za-z0-9._-]{4,40}$", _("A code has 4 to 40 letters, digits, dots, hyphens or underscores."))


class TicketKindQuerySet(models.QuerySet["TicketKind"]):
    def offered(self, now: datetime) -> "TicketKindQuerySet":
        """What can be had at this moment, full or not."""
        begun = Q(opens_at=None) | Q(opens_at__lte=now)
        going_on = Q(closes_at=None) | Q(closes_at__gt=now)
        return self.filter(begun, going_on, is_offered=True)


class TicketKind(models.Model):
    """A kind of place, with its own limit and its own way in. An event without any has places of one kind."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="tickets", verbose_name=_("event"))
    name = I18nCharField(_("name"), max_length=120)
    description = I18nTextField(_("what it holds"), max_length=1000, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    capacity = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as many as the event."),
    )
    admission = models.CharField(
        _("who gets in"),
        max_length=10,
        choices=Event.Admission.choices,
        blank=True,
        help_text=_("Empty: as the event."),
    )
    opens_at = models.DateTimeField(_("offered from"), null=True, blank=True, validators=[validate_moment])
    closes_at = models.DateTimeField(_("offered until"), null=True, blank=True, validators=[validate_moment])
    is_offered = models.BooleanField(_("offered"), default=True)
    opens_programme = models.BooleanField(
        _("opens every session"),
        default=True,
        help_text=_("If not: the tracks and sessions that you name below, and nothing else of the programme."),
    )
    opens_expo = models.BooleanField(_("opens the expo"), default=True)

    objects: ClassVar[TicketKindQuerySet] = TicketKindQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["position", "pk"]
        constraints = [in_reach("opens_at", "closes_at", name="events_ticket_in_reach")]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def way_in(self) -> str:
        return self.admission or self.event.admission

    def can_be_had(self, now: datetime) -> bool:
        """Of a row at hand, what `offered` says of a query."""
        has_begun = self.opens_at is None or self.opens_at <= now
        return self.is_offered and has_begun and (self.closes_at is None or now < self.closes_at)


class InvitationCodeQuerySet(models.QuerySet["InvitationCode"]):
    def usable(self, now: datetime) -> "InvitationCodeQuerySet":
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        left = Q(uses=None) | Q(used__lt=F("uses"))
        return self.filter(lasting, left, revoked_at=None)


class InvitationCode(models.Model):
    """A word that opens registration to whoever has it, so often, and so long."""

    reads_primary: ClassVar[bool] = True

    event = models.ForeignKey(Event, models.CASCADE, related_name="invitation_codes", verbose_name=_("event"))
    code = models.CharField(_("code"), max_length=40, validators=[CODE])
    ticket = models.ForeignKey(
        TicketKind,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="codes",
        verbose_name=_("ticket"),
        help_text=_("Empty: any."),
    )
    uses = models.PositiveIntegerField(
        _("how often"),
        null=True,
        blank=True,
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: as often as there are places."),
    )
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    lets_in = models.BooleanField(
        _("without asking"), default=True, help_text=_("Who has it gets in where we would look at each registration.")
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True, validators=[validate_moment])
    revoked_at = models.DateTimeField(_("ended"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=120, blank=True, help_text=_("For you: whom it was given to."))
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )

    objects: ClassVar[InvitationCodeQuerySet] = InvitationCodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation code")
        verbose_name_plural = _("invitation codes")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "event", Upper("code"), name="events_code_once", violation_error_message=_("This code exists already.")
            ),
            models.CheckConstraint(condition=Q(uses=None) | Q(used__lte=F("uses")), name="events_code_not_overused"),
            in_reach("expires_at", name="events_code_in_reach"),
        ]

    def __str__(self) -> str:
        return self.code
