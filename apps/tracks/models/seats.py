"""Who has a seat in a session or waits for one, and which tickets open what of the programme."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.events.models import TicketKind
from apps.tracks.models.agenda import Session, Track


class SeatQuerySet(models.QuerySet["Seat"]):
    def taken(self) -> "SeatQuerySet":
        return self.filter(state=Seat.State.TAKEN)

    def waiting(self) -> "SeatQuerySet":
        """Those who wait for a seat, the first of them first."""
        return self.filter(state=Seat.State.WAITING).order_by("waiting_since", "pk")

    def standing(self) -> "SeatQuerySet":
        """A seat, or a wish for one."""
        return self.filter(state__in=Seat.STANDING)


class Seat(models.Model):
    """A person's seat in a session that people sign up for, or their number in the row of those who wait for one."""

    reads_primary: ClassVar[bool] = True

    class State(models.TextChoices):
        TAKEN = "taken", _("Has a seat")
        WAITING = "waiting", _("On the waiting list")
        GIVEN_BACK = "given_back", _("Given back")

    STANDING = (State.TAKEN, State.WAITING)

    session = models.ForeignKey(Session, models.CASCADE, related_name="seats", verbose_name=_("session"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="session_seats", verbose_name=_("person")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.TAKEN)
    waiting_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    """Who gave it to them, where they did not take it themselves."""
    created_at = models.DateTimeField(_("signed up"), default=clock.now, editable=False)

    objects: ClassVar[SeatQuerySet] = SeatQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["session", "-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="tracks_seat_once"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(waiting_since__isnull=False), name="tracks_seat_waits_since"
            ),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="tracks_seat_state"),
            models.Index(
                fields=["session", "waiting_since", "id"], condition=Q(state="waiting"), name="tracks_seat_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.session_id}"


class Opening(models.Model):
    """A track or a session that a ticket opens, where it does not open the whole programme."""

    ticket = models.ForeignKey(TicketKind, models.CASCADE, related_name="openings", verbose_name=_("ticket"))
    track = models.ForeignKey(
        Track, models.CASCADE, null=True, blank=True, related_name="openings", verbose_name=_("track")
    )
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="openings", verbose_name=_("session")
    )

    class Meta:
        verbose_name = _("track or session that a ticket opens")
        verbose_name_plural = _("tracks and sessions that tickets open")
        ordering = ["ticket", "track__position", "session__starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(track__isnull=False, session__isnull=True) | Q(track__isnull=True, session__isnull=False),
                name="tracks_opening_of_one",
                violation_error_message=_("Choose a track or a session, one a line."),
            ),
            models.UniqueConstraint(fields=["ticket", "track"], name="tracks_opening_track_once"),
            models.UniqueConstraint(fields=["ticket", "session"], name="tracks_opening_session_once"),
        ]

    def __str__(self) -> str:
        return str(self.track or self.session)
