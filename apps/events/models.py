"""Organisations, their events, and who takes part in which role."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from apps.accounts.models import validate_time_zone
from apps.core import clock, colour, ids

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

COLOUR = RegexValidator(r"^#[0-9a-f]{6}$", _("A colour is written #rrggbb."))


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    reads_primary: ClassVar[bool] = True

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MANAGER)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="events_membership_once")]

    def __str__(self) -> str:
        return f"{self.user.email} · {self.get_role_display()}"


class Unmet(models.Model):
    """Somebody whom an organisation, or a visitor's form, named by their address, and who has not come to it yet.

    Until they do, the organisation's people see what was typed there, and nothing of what the account says.
    """

    is_audited: ClassVar[bool] = False
    reads_primary: ClassVar[bool] = True

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="unmet")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="events_unmet_once")]

    def __str__(self) -> str:
        return f"{self.user.email} · {self.organisation}"


class EventQuerySet(models.QuerySet["Event"]):
    def listed(self) -> "EventQuerySet":
        """What the front page shows to anybody."""
        states = (Event.State.PUBLISHED, Event.State.LIVE, Event.State.ENDED)
        return self.filter(visibility=Event.Visibility.PUBLIC, state__in=states)

    def run_by(self, user: "User | AnonymousUser") -> "EventQuerySet":
        """The events that this person organises: those of their organisations, and those that gave them the role."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        organisations = Membership.objects.filter(user=user).values("organisation_id")
        roles = EventRole.objects.filter(user=user, role=EventRole.Role.ORGANISER).values("event_id")
        return self.filter(Q(organisation_id__in=organisations) | Q(pk__in=roles))

    def of_person(self, user: "User") -> "EventQuerySet":
        """The events that this person has a place or a role in, or runs; not those that they are banned from."""
        places = Registration.objects.confirmed().filter(user=user).order_by().values("event_id")
        roles = EventRole.objects.filter(user=user).values("event_id")
        organisations = Membership.objects.filter(user=user).values("organisation_id")
        own = self.filter(Q(pk__in=places) | Q(pk__in=roles) | Q(organisation_id__in=organisations))
        return own.exclude(pk__in=Ban.objects.standing().filter(user=user).values("event_id"))


class Event(models.Model):
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("live_epoch", "agenda_version", "agenda_changed_at")

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        LAUNCH = "launch", _("Product launch")
        TRAINING = "training", _("Training")
        WORKSHOP = "workshop", _("Workshop")
        PANEL = "panel", _("Panel discussion")
        WEBINAR = "webinar", _("Webinar")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        LIVE = "live", _("Live")
        ENDED = "ended", _("Ended")
        ARCHIVED = "archived", _("Archived")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: listed, anybody may look")
        UNLISTED = "unlisted", _("Unlisted: anybody with the address may look")
        PRIVATE = "private", _("Private: only people of the event")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="events", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = I18nCharField(_("name"), max_length=200)
    tagline = I18nCharField(_("one line about it"), max_length=300, blank=True)
    description = I18nTextField(_("description"), blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.CONFERENCE)
    place = models.CharField(_("place"), max_length=200, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    default_language = models.CharField(_("main language"), max_length=12, default="en")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    visibility = models.CharField(
        _("who may look"), max_length=12, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])
    brand = models.CharField(_("brand colour"), max_length=7, default="#0b4f5c", validators=[COLOUR])
    accent = models.CharField(_("accent colour"), max_length=7, default="#f07030", validators=[COLOUR])
    logo = models.ImageField(_("logo"), upload_to="events/", blank=True, max_length=200)
    live_epoch = models.PositiveIntegerField(default=1, editable=False)
    """Raised when everybody's socket tickets shall end."""
    agenda_version = models.PositiveBigIntegerField(default=1, editable=False)
    """Grows with every change of the agenda: the validator of cached pages and exports."""
    agenda_changed_at = models.DateTimeField(default=clock.now, editable=False)
    """When it last grew."""
    created_at = models.DateTimeField(default=clock.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_at", "slug"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="events_event_ends_after_start"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("venue:landing", args=[self.slug])

    @property
    def brand_css_url(self) -> str:
        """The event's stylesheet; its address changes with its content."""
        return reverse("events:brand", args=[self.slug, colour.digest(self.brand, self.accent)])

    @property
    def wall_colour(self) -> str:
        """The brand colour as it is used: corrected where nothing could be read on it."""
        return colour.darkened(self.brand)

    @property
    def logo_url(self) -> str:
        """The logo's address, which names a file that never changes."""
        return reverse("events:logo", args=[self.slug, str(self.logo.name).rpartition("/")[2]]) if self.logo else ""

    @property
    def takes_registrations(self) -> bool:
        return self.state in (self.State.PUBLISHED, self.State.LIVE)

    @property
    def is_running(self) -> bool:
        return self.starts_at <= clock.now() < self.ends_at


class EventRole(models.Model):
    """A role beyond attending; organisation members are organisers of its events without a row here."""

    reads_primary: ClassVar[bool] = True

    class Role(models.TextChoices):
        ORGANISER = "organiser", _("Organiser")
        MODERATOR = "moderator", _("Moderator")
        SPEAKER = "speaker", _("Speaker")
        EXHIBITOR = "exhibitor", _("Exhibitor")

    event = models.ForeignKey(Event, models.CASCADE, related_name="event_roles", verbose_name=_("event"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="event_roles")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["event", "user", "role"], name="events_role_once")]

    def __str__(self) -> str:
        return f"{self.user.email} · {self.get_role_display()}"


STAFF_ROLES = (EventRole.Role.ORGANISER, EventRole.Role.MODERATOR)


class BanQuerySet(models.QuerySet["Ban"]):
    def standing(self) -> "BanQuerySet":
        return self.filter(lifted_at=None)


class Ban(models.Model):
    """Somebody who may not come in any more. Their place and their links stay, and open nothing until it is lifted."""

    reads_primary: ClassVar[bool] = True

    event = models.ForeignKey(Event, models.CASCADE, related_name="bans", verbose_name=_("event"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bans", verbose_name=_("person"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[BanQuerySet] = BanQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "user"], condition=Q(lifted_at=None), name="events_ban_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.event}"


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def confirmed(self) -> "RegistrationQuerySet":
        return self.filter(state=Registration.State.CONFIRMED)


class Registration(models.Model):
    reads_primary: ClassVar[bool] = True

    class State(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        CANCELLED = "cancelled", _("Cancelled")

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations", verbose_name=_("event"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="registrations")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.CONFIRMED)
    created_at = models.DateTimeField(_("registered"), default=clock.now, editable=False)
    joined_at = models.DateTimeField(_("first came in"), null=True, editable=False)
    """When the person first opened the event with their link."""
    agenda_token = models.CharField(max_length=40, unique=True, default=ids.new_token, editable=False)
    """The secret of the personal agenda's address; a new one ends the old address."""

    objects: ClassVar[RegistrationQuerySet] = RegistrationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["event", "user"], name="events_registration_once")]
        indexes = [models.Index(fields=["event", "state", "-created_at"], name="events_registration_list")]

    def __str__(self) -> str:
        return f"{self.user.email} · {self.event}"


class JoinLinkQuerySet(models.QuerySet["JoinLink"]):
    def valid(self, now: datetime) -> "JoinLinkQuerySet":
        confirmed = Q(registration__state=Registration.State.CONFIRMED)
        return self.filter(confirmed, revoked_at=None, expires_at__gt=now)


class JoinLink(models.Model):
    """A way in by mail: a row (revocable, expiring) that a signature names; no password hash is spent on it."""

    reads_primary: ClassVar[bool] = True

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="join_links", verbose_name=_("registration")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False, verbose_name=_("made"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_at = models.DateTimeField(_("first used"), null=True, editable=False)

    objects: ClassVar[JoinLinkQuerySet] = JoinLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("join link")
        verbose_name_plural = _("join links")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.registration}"


class Announcement(models.Model):
    """A word of the organisers to everybody, shown in the lobby and live."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="announcements", verbose_name=_("event"))
    seq = models.PositiveBigIntegerField(editable=False)
    text = I18nTextField(_("text"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("said"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-seq"]
        constraints = [models.UniqueConstraint(fields=["event", "seq"], name="events_announcement_seq")]

    def __str__(self) -> str:
        return Truncator(str(self.text)).chars(80)
