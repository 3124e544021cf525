"""Organisations, their events, and who has which role in them."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField

from apps.accounts.models import validate_time_zone
from apps.core import clock, colour
from apps.core.moments import in_reach, validate_moment
from apps.events import states

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
        """The events that this person organises: those of their organisations, and those that gave them the role.
        None without a second step."""
        if not user.is_authenticated or not user.is_active or not user.has_second_factor:
            return self.none()
        if user.is_superuser:
            return self
        organisations = Membership.objects.filter(user=user).values("organisation_id")
        roles = EventRole.objects.filter(user=user, role=EventRole.Role.ORGANISER).values("event_id")
        return self.filter(Q(organisation_id__in=organisations) | Q(pk__in=roles))

    def of_person(self, user: "User", *, resting: bool = False) -> "EventQuerySet":
        """The events that this person has a place or a role in, or runs; not those that they are banned from.
        `resting`: also those that they would run if they had a second step."""
        registrations: Any = apps.get_model("events", "Registration")
        places = registrations.objects.confirmed().filter(user=user).order_by().values("event_id")
        roles = EventRole.objects.filter(user=user).values("event_id")
        organisations = Membership.objects.filter(user=user).values("organisation_id")
        if not (user.has_second_factor or resting):
            roles, organisations = roles.exclude(role__in=STAFF_ROLES), organisations.none()
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

    class Admission(models.TextChoices):
        OPEN = "open", _("Anybody who registers")
        APPROVAL = "approval", _("Whom we say yes to")
        CODE = "code", _("Whoever has an invitation code")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public: listed, anybody may look")
        UNLISTED = "unlisted", _("Unlisted: anybody with the address may look")
        PRIVATE = "private", _("Private: only people of the event")

    class Part(models.TextChoices):
        """What an event may do without: its page is not there, and nothing leads to it."""

        SPEAKERS = "speakers", _("The page of speakers")
        EXPO = "expo", _("The expo")

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
    starts_at = models.DateTimeField(_("begins"), validators=[validate_moment])
    ends_at = models.DateTimeField(_("ends"), validators=[validate_moment])
    default_language = models.CharField(_("main language"), max_length=12, default="en")
    languages = ArrayField(
        models.CharField(max_length=12),
        size=30,
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("In which you write its texts. None chosen: all."),
    )
    left_out = ArrayField(
        models.CharField(max_length=12, choices=Part.choices),
        verbose_name=_("goes without"),
        default=list,
        blank=True,
        help_text=_("Its page is not there, and nothing leads to it."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    visibility = models.CharField(
        _("who may look"), max_length=12, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])
    waiting_list = models.BooleanField(
        _("waiting list"),
        default=True,
        help_text=_("When all places are taken, people can wait; what is given back goes to the first of them."),
    )
    admission = models.CharField(_("who gets in"), max_length=10, choices=Admission.choices, default=Admission.OPEN)
    registration_opens_at = models.DateTimeField(
        _("registration opens"), null=True, blank=True, validators=[validate_moment]
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, validators=[validate_moment]
    )
    allowed_domains = models.TextField(
        _("only these mail domains"),
        max_length=5000,
        blank=True,
        help_text=_("One a line, such as example.org; *.example.org means all below it. Empty: any address."),
    )
    refused_domains = models.TextField(
        _("not these mail domains"), max_length=5000, blank=True, help_text=_("One a line.")
    )
    passes_on = models.BooleanField(
        _("places may be passed on"),
        default=True,
        db_default=True,
        help_text=_(
            "Who cannot come may offer their place to somebody else. Where you look at each registration, you look at "
            "theirs too, and the place is free meanwhile."
        ),
    )
    brand = models.CharField(_("brand colour"), max_length=7, default="#0b4f5c", validators=[COLOUR])
    accent = models.CharField(_("accent colour"), max_length=7, default="#f07030", validators=[COLOUR])
    logo = models.ImageField(_("logo"), upload_to="events/", blank=True, max_length=200)
    embed_origins = models.TextField(
        _("websites that show it"),
        max_length=2000,
        blank=True,
        help_text=_(
            "One a line, such as https://www.example.org. There its agenda and its registration form may be shown. * "
            "alone means the agenda anywhere."
        ),
    )
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
            models.CheckConstraint(
                condition=Q(registration_opens_at=None)
                | Q(registration_closes_at=None)
                | Q(registration_closes_at__gt=F("registration_opens_at")),
                name="events_event_registration_window",
            ),
            in_reach(
                *("starts_at", "ends_at", "registration_opens_at", "registration_closes_at"),
                name="events_event_in_reach",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("venue:landing", args=[self.slug])

    @property
    def offered_languages(self) -> list[str]:
        """Codes, the main language first."""
        chosen = self.languages or [code for code, _name in settings.LANGUAGES]
        return [self.default_language, *(code for code in chosen if code != self.default_language)]

    def has(self, part: str) -> bool:
        return part not in self.left_out

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
        is_over = self.ends_at <= clock.now()
        return states.permits(self.state, states.Act.REGISTER) and self.is_registration_time and not is_over

    @property
    def is_read_only(self) -> bool:
        return states.is_read_only(self.state)

    @property
    def opens_later(self) -> bool:
        return self.registration_opens_at is not None and clock.now() < self.registration_opens_at

    @property
    def is_registration_time(self) -> bool:
        now = clock.now()
        is_early = self.registration_opens_at is not None and now < self.registration_opens_at
        return not is_early and (self.registration_closes_at is None or now < self.registration_closes_at)

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
