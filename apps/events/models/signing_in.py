"""How people of an organisation sign in with its own directory: connections, what they may vouch for, whom they know.

The rows of members to be stand here as well: both are about who comes to an organisation, and by which way.
"""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import LowerEmailField
from apps.core import clock, ids
from apps.events.models.event import Membership, Organisation


class ConnectionQuerySet(models.QuerySet["SignInConnection"]):
    def usable(self) -> Self:
        return self.filter(is_on=True)


class SignInConnection(models.Model):
    """An identity provider of an organisation, by OpenID Connect or SAML."""

    reads_primary: ClassVar[bool] = True
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("client_secret", "own_key", "own_certificate")

    class Kind(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        SAML = "saml", _("SAML 2.0")

    class NewPeople(models.TextChoices):
        REFUSE = "refuse", _("Only people who are here already")
        ACCOUNT = "account", _("Anybody of its domains gets an account, and can register for events")
        MANAGER = "manager", _("Anybody of its domains gets an account and manages the organisation’s events")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="sign_in_connections", verbose_name=_("organisation")
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("What people read on the button: “Sign in with …”."))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind.choices, default=Kind.OIDC)
    issuer = models.URLField(
        _("issuer"),
        max_length=300,
        blank=True,
        help_text=_("Exactly as the provider writes it. Below it lies /.well-known/openid-configuration."),
    )
    client_id = models.CharField(_("client ID"), max_length=255, blank=True)
    client_secret = models.TextField(editable=False, blank=True)
    """Sealed; empty where the client has none."""
    entity_id = models.CharField(_("entity ID of the provider"), max_length=500, blank=True)
    sso_url = models.URLField(_("sign-in address of the provider"), max_length=500, blank=True)
    certificates = models.TextField(
        _("certificates of the provider"),
        max_length=20_000,
        blank=True,
        help_text=_("In PEM, one below the other: while the provider changes its key, both."),
    )
    own_key = models.TextField(editable=False, blank=True, default="", db_default="")
    """Sealed: ours, which opens what a SAML provider encrypts. Made when our metadata is asked for first."""
    own_certificate = models.TextField(editable=False, blank=True, default="", db_default="")
    email_attribute = models.CharField(
        _("attribute of the address"), max_length=200, blank=True, help_text=_("Empty: the usual names are tried.")
    )
    name_attribute = models.CharField(
        _("attribute of the name"), max_length=200, blank=True, help_text=_("Empty: the usual names are tried.")
    )
    may_begin_there = models.BooleanField(
        _("may begin at the provider"),
        default=False,
        help_text=_("For a tile in the provider’s list of apps. Anybody who knows such an answer could be led in as "
                    "somebody else, so leave it off where you can."),
    )  # fmt: skip
    is_on = models.BooleanField(
        _("on"), default=False, help_text=_("Off, nobody comes in by it. Try it first with the button.")
    )
    is_required = models.BooleanField(
        _("people of its proven domains must use it"),
        default=False,
        help_text=_("Codes, passwords, passkeys and links of mails no longer open their accounts. The owners of this "
                    "organisation may still use them, in case the provider fails."),
    )  # fmt: skip
    new_people = models.CharField(_("who may come"), max_length=10, choices=NewPeople.choices, default=NewPeople.REFUSE)
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    objects: ClassVar[ConnectionQuerySet] = ConnectionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("way to sign in")
        verbose_name_plural = _("ways to sign in")
        ordering = ["organisation", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="events_connection_name")]

    def __str__(self) -> str:
        return self.name


class DomainQuerySet(models.QuerySet["SignInDomain"]):
    def proven(self) -> Self:
        return self.exclude(proven_at=None)


def new_record() -> str:
    return ids.new_token(18)


class SignInDomain(models.Model):
    """A mail domain that a connection speaks for. Only a proven one is believed."""

    reads_primary: ClassVar[bool] = True
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("checked_at", "gone_since")

    connection = models.ForeignKey(
        SignInConnection, models.CASCADE, related_name="domains", verbose_name=_("way to sign in")
    )
    domain = models.CharField(_("mail domain"), max_length=253)
    record = models.CharField(max_length=40, default=new_record, editable=False)
    """What the TXT record must say: it is no secret once it stands there, and nobody else can have guessed it."""
    proven_at = models.DateTimeField(_("proven"), null=True, editable=False)
    by_record = models.BooleanField(default=False, editable=False)
    """Proven by its record, which is looked up every day; else by a superuser's word."""
    checked_at = models.DateTimeField(_("looked up"), null=True, editable=False)
    gone_since = models.DateTimeField(_("record gone since"), null=True, editable=False)
    """When the record was first missed that was there before."""

    objects: ClassVar[DomainQuerySet] = DomainQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mail domain")
        verbose_name_plural = _("mail domains")
        ordering = ["domain"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "domain"], name="events_domain_once"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(proven_at__isnull=False), name="events_domain_of_one"
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    @property
    def record_name(self) -> str:
        return f"_plenary-signin.{self.domain}"

    @property
    def record_text(self) -> str:
        return f"plenary={self.record}"


class SignInIdentity(models.Model):
    """Somebody as a provider knows them: by its own number for them, which no other gets when an address moves on."""

    reads_primary: ClassVar[bool] = True
    is_audited: ClassVar[bool] = False

    connection = models.ForeignKey(SignInConnection, models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "subject"], name="events_identity_subject"),
            models.UniqueConstraint(fields=["connection", "user"], name="events_identity_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.connection}"


class FormerMember(models.Model):
    """Somebody who was a member of an organisation and is none any more: its provider alone does not make them one
    again. Being added or accepting an invitation takes the mark away."""

    reads_primary: ClassVar[bool] = True
    is_audited: ClassVar[bool] = False  # the membership that ended is on record

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="events_former_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.organisation_id}"


class MemberInvitationQuerySet(models.QuerySet["MemberInvitation"]):
    def open(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())

    def standing(self) -> Self:
        """Open, and from somebody who may invite to this day (`permissions.can_manage_organisation`)."""
        owner = Membership.objects.filter(
            user=OuterRef("by"), organisation=OuterRef("organisation"), role=Membership.Role.OWNER
        )
        may = Q(Exists(owner)) | Q(by__is_superuser=True)
        return self.open().filter(may, by__is_active=True, by__has_second_factor=True)

    def unanswered(self) -> Self:
        return self.filter(accepted_at=None, revoked_at=None)


class MemberInvitation(models.Model):
    """An owner asks somebody, by their address, to run the organisation's events with them."""

    reads_primary: ClassVar[bool] = True
    audit_leaves_out: ClassVar[tuple[str, ...]] = ("sent_at", "sendings")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="member_invitations", verbose_name=_("organisation")
    )
    email = LowerEmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=12, choices=Membership.Role.choices, default=Membership.Role.MANAGER)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("invited"), default=clock.now, editable=False)
    sent_at = models.DateTimeField(_("last mailed"), null=True, editable=False)
    sendings = models.PositiveSmallIntegerField(default=0, editable=False)
    """Part of what the link's signature covers: another mail ends the link of the one before."""
    expires_at = models.DateTimeField(_("ends"), editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects: ClassVar[MemberInvitationQuerySet] = MemberInvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations of members")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="events_member_invited_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > clock.now()

    @property
    def state(self) -> Any:
        if self.accepted_at:
            return _("Accepted")
        if self.revoked_at:
            return _("Revoked")
        return _("Open") if self.is_open else _("Its time is over")
