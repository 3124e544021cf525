"""People: one account a person, named by their e-mail address."""

import re
import zoneinfo
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock

MOST_LANGUAGES, MOST_INTERESTS, MOST_LINKS = 10, 12, 6
INTEREST_LENGTH, LINK_LENGTH = 40, 200
NO_NAME = re.compile(r"://|www\.|\.[a-z]{2,}/|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", re.IGNORECASE)

NAME_SAYS_MORE = _("A name has no web address and no control characters in it. Write it as people know you.")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they sign in by mailed code or join link."""
        user = self.model(email=email.strip(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class LowerEmailField(models.EmailField):  # type: ignore[type-arg]
    """An address that is kept, compared and looked up in lower case: one person, however they type it."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared.lower() if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


def validate_time_zone(value: str) -> None:
    if value and value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is no time zone we know."), params={"zone": value})


def validate_person_name(value: str) -> None:
    """A name is written into mails by whoever types an address in: it must not carry a link, nor turn lines round."""
    if NO_NAME.search(value):
        raise ValidationError(NAME_SAYS_MORE)


class Audience(models.TextChoices):
    """Whom a part of a profile is for, besides its person."""

    EVERYBODY = "everybody", _("Everybody at my events")
    STAFF = "staff", _("Speakers and staff")
    NOBODY = "nobody", _("Only me")


SHOWN_FIELDS = ("photo", "title", "company", "pronouns", "bio", "languages", "interests", "links", "time_zone")
"""Of each of these a person says who sees it. Their name stands beside what they say, so everybody does."""
FIRST_HIDDEN = ("pronouns", "bio", "languages", "interests", "links", "time_zone")
"""Which nobody sees until their person says so."""


def first_hidden() -> list[str]:
    return [*FIRST_HIDDEN]


class User(AbstractBaseUser, PermissionsMixin):
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("last_login",)

    email = LowerEmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody with this address is here already.")},
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    company = models.CharField(_("company"), max_length=120, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    bio = models.TextField(_("about you"), max_length=2000, blank=True)
    photo = models.ImageField(_("photo"), upload_to="people/", blank=True, max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=12, blank=True)
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("languages"), default=list, blank=True)
    """Which they speak: codes."""
    interests = ArrayField(
        models.CharField(max_length=INTEREST_LENGTH), verbose_name=_("interests"), default=list, blank=True
    )
    links = ArrayField(models.CharField(max_length=LINK_LENGTH), verbose_name=_("links"), default=list, blank=True)
    hidden_fields = ArrayField(models.CharField(max_length=12), default=first_hidden, blank=True, editable=False)
    """Of SHOWN_FIELDS those that are nobody else's business; what is in neither list, everybody of an event sees."""
    staff_fields = ArrayField(models.CharField(max_length=12), default=list, blank=True, editable=False)
    """Those that speakers and staff of their events see."""
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the organisers’ desk"), default=False)
    has_second_factor = models.BooleanField(_("has a second step"), default=False, editable=False)
    """Kept by `services.note_second_factor`: an app or a passkey, without which no right of the staff holds."""
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    is_unmet = False
    """Set by a query for a reader who may know the address, and not yet the name (`events.selectors.unmet`)."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="accounts_user_email_lower"),
            models.CheckConstraint(
                condition=Q(hidden_fields__contained_by=[*SHOWN_FIELDS])
                & Q(staff_fields__contained_by=[*SHOWN_FIELDS])
                & ~Q(hidden_fields__overlap=F("staff_fields")),
                name="accounts_user_shown_fields",
            ),
            models.CheckConstraint(
                condition=Q(languages__len__lte=MOST_LANGUAGES)
                & Q(interests__len__lte=MOST_INTERESTS)
                & Q(links__len__lte=MOST_LINKS),
                name="accounts_user_bounded",
            ),
        ]
        indexes = [
            # Whoever is named with an @ is looked for by their name, in each such message.
            models.Index(Lower("name"), name="accounts_user_called"),
            # The desk's list of people: a page is read off the index, however many there are.
            models.Index(fields=["name", "email"], name="accounts_user_by_name"),
        ]

    def __str__(self) -> str:
        return self.email if self.is_unmet else self.name or self.email

    @property
    def own_photo_url(self) -> str:
        """The photo's address, which names a random file: whoever was shown it may keep it."""
        return reverse("accounts:photo", args=[str(self.photo.name).rpartition("/")[2]]) if self.photo else ""

    @property
    def photo_url(self) -> str:
        """The same where everybody of an event may see the photo; else nothing."""
        return self.own_photo_url if self.audience_of("photo") == Audience.EVERYBODY else ""

    def audience_of(self, field: str) -> Audience:
        """Whom one of SHOWN_FIELDS is for."""
        if field in self.hidden_fields:
            return Audience.NOBODY
        return Audience.STAFF if field in self.staff_fields else Audience.EVERYBODY

    @property
    def needs_second_factor(self) -> bool:
        """Whoever opens the organisers' desk. Without a second step, nobody has any right of the staff."""
        return self.is_staff or self.is_superuser

    @property
    def runs_platform(self) -> bool:
        """A superuser who may act as one."""
        return self.is_active and self.is_superuser and self.has_second_factor

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.has_second_factor and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_second_factor and super().has_module_perms(app_label)

    def get_session_auth_hash(self) -> str:
        """Sessions that never were asked for the second step end when there is one, wherever they are kept."""
        return self._of_its_time(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for former in super().get_session_auth_fallback_hash():
            yield self._of_its_time(former)

    def _of_its_time(self, digest: str) -> str:
        return f"{digest}.2" if self.has_second_factor else digest

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def standing(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=clock.now())


class ApiToken(models.Model):
    """What a program signs in with as a person: never for more than they may, nor longer than a year."""

    audit_leaves_out: ClassVar[tuple[str, ...]] = ("digest", "last_used_at")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80)
    start = models.CharField(_("begins with"), max_length=12)
    """Of the secret, to know it again by; the rest is kept nowhere."""
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("may"))
    event_id = models.PositiveBigIntegerField(_("event"), null=True)
    """The only event that it opens, by number: events are above this room."""
    created_at = models.DateTimeField(_("made"), default=clock.now)
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    """To the hour."""
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects: ClassVar[Any] = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=366)), name="accounts_token_year"
            )
        ]

    def __str__(self) -> str:
        return self.name
