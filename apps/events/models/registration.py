"""Somebody's place in an event, or their wish for one; and the links that open it."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock, ids
from apps.core.moments import validate_moment
from apps.events.models.event import STAFF_ROLES, Event, EventRole
from apps.events.models.ticket import InvitationCode, TicketKind

MOST_SOURCE = 40


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.CONFIRMED)

    def waiting(self) -> "RegistrationQuerySet":
        """Those who wait for a place, the first of them first."""
        return self.filter(state=Registration.State.WAITING).order_by("waiting_since", "pk")

    def standing(self) -> "RegistrationQuerySet":
        """A place, or a wish that nobody has answered with no."""
        return self.filter(state__in=Registration.STANDING)


class Registration(models.Model):
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("told_later",)
    reads_primary: ClassVar[bool] = True

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        PENDING = "pending", _("Waits for your yes")
        WAITING = "waiting", _("On the waiting list")
        DECLINED = "declined", _("Declined")
        CANCELLED = "cancelled", _("Cancelled")

    STANDING = (State.CONFIRMED, State.PENDING, State.WAITING)

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations", verbose_name=_("event"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="registrations")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.CONFIRMED)
    ticket = models.ForeignKey(
        TicketKind, models.RESTRICT, null=True, blank=True, related_name="registrations", verbose_name=_("ticket")
    )
    code = models.ForeignKey(
        InvitationCode,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("invitation code"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    """Who registered them, where it was not themselves."""
    source = models.CharField(_("came by"), max_length=MOST_SOURCE, blank=True, editable=False)
    """The label of the link that brought them."""
    waiting_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    reason = models.CharField(_("what we told them"), max_length=500, blank=True, editable=False)
    offered_to = models.EmailField(_("offered to"), blank=True, editable=False)
    """Whom the person wants to have the place; it is theirs once they take it."""
    offered_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("registered"), default=clock.now, editable=False)
    joined_at = models.DateTimeField(_("first came in"), null=True, editable=False)
    """When the person first opened the event with their link."""
    told_later = models.BooleanField(default=False, db_default=False, editable=False)
    """Invited into a draft: the mail with their link is owed once the event is published."""
    agenda_token = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """The secret of the personal agenda's address; a new one ends the old address."""

    objects: ClassVar[RegistrationQuerySet] = RegistrationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], name="events_registration_once"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_since__isnull=False), name="events_registration_waits_since"
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state", "-created_at"], name="events_registration_list"),
            models.Index(fields=["event", "-created_at", "-id"], name="events_registration_newest"),
            models.Index(fields=["ticket", "state"], name="events_registration_ticket"),
            models.Index(
                fields=["event", "waiting_since", "id"], condition=Q(state="waiting"), name="events_registration_queue"
            ),
            models.Index(fields=["event", "id"], condition=Q(told_later=True), name="events_registration_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.user.email} · {self.event}"

    @property
    def way_in(self) -> str:
        """By which somebody gets in with this ticket."""
        return self.ticket.way_in if self.ticket else self.event.admission


class JoinLinkQuerySet(models.QuerySet["JoinLink"]):
    def valid(self, now: datetime) -> "JoinLinkQuerySet":
        has_place = Q(registration__state=Registration.State.CONFIRMED)
        has_role = Q(role__isnull=False) & ~Q(role__role__in=STAFF_ROLES)
        return self.filter(has_place | has_role, revoked_at=None, expires_at__gt=now)


class JoinLink(models.Model):
    """A way in by mail: a row (revocable, expiring) that a signature names; no password hash is spent on it. It is a
    place's, or that of a role which nobody runs the event by."""

    reads_primary: ClassVar[bool] = True

    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+", editable=False)
    """The holder's, so that the log of what staff did finds it; a link from before it was kept has none."""
    registration = models.ForeignKey(
        Registration, models.CASCADE, null=True, related_name="join_links", verbose_name=_("registration")
    )
    role = models.ForeignKey(EventRole, models.CASCADE, null=True, related_name="join_links", verbose_name=_("role"))
    created_at = models.DateTimeField(default=clock.now, editable=False, verbose_name=_("made"))
    expires_at = models.DateTimeField(_("valid until"), validators=[validate_moment])
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_at = models.DateTimeField(_("first used"), null=True, editable=False)

    objects: ClassVar[JoinLinkQuerySet] = JoinLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("join link")
        verbose_name_plural = _("join links")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration__isnull=False, role=None) | Q(registration=None, role__isnull=False),
                name="events_joinlink_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration or self.role}"

    @property
    def holder(self) -> "Registration | EventRole":
        """The place or role that it opens; each has `event` and `user`."""
        found = self.registration or self.role
        assert found is not None  # noqa: S101 - a constraint
        return found
