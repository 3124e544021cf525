"""Signing in by an organisation's own provider: whom it may speak for, and who comes of that.

A provider is believed for addresses of domains that its organisation has proven, and not as somebody who runs what is
another organisation's. Everybody else whom it names proves the address by a mailed code, as on the sign-in page.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.models import User, validate_person_name
from apps.audit import services as audit
from apps.core import sealing
from apps.core.domains import domain_of
from apps.core.errors import Refused
from apps.core.rows import hold_row
from apps.events import selectors
from apps.events.adapters import saml_sealed
from apps.events.adapters.claims import Claims
from apps.events.models import FormerMember, Membership, SignInConnection, SignInDomain, SignInIdentity
from apps.events.selectors.signing_in import SEALED_FOR
from apps.events.services.people import add_member, check_members

logger = logging.getLogger(__name__)

NewPeople = SignInConnection.NewPeople
MOST_CONNECTIONS = 10
MOST_DOMAINS = 20
GOOGLE = "https://accounts.google.com"
WHOSE = ("issuer", "client_id", "entity_id")
"""By these one knows which provider it is."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came. `is_vouched` says that the provider is enough; else the address proves itself by a mailed code.
    `user` is None for an address that is nobody's and that the provider may not vouch for."""

    email: str
    user: User | None
    is_vouched: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would come of an arrival: as in Arrival, and the domain by which the provider speaks."""

    email: str
    user: User | None
    by: SignInDomain
    is_vouched: bool


def judge(connection: SignInConnection, claims: Claims) -> SignInDomain:
    """The domain by which the provider speaks for this person. Raises Refused where it may not. Writes nothing."""
    email = _address(claims)
    found = connection.domains.filter(domain=domain_of(email)).first()
    if found is None:
        raise Refused(
            "signin.domain",
            _("“%(connection)s” does not speak for your address. Sign in with the address of that organisation."),
            values={"connection": connection.name},
            status=403,
        )
    if claims.is_email_verified is False:
        raise Refused(
            "signin.unverified",
            _("“%(connection)s” says that your address is not confirmed there. Confirm it there first."),
            values={"connection": connection.name},
            status=403,
        )
    if connection.issuer == GOOGLE and not _is_hosted(connection, claims):
        raise Refused(
            "signin.hosted",
            _("This is a private Google account. Sign in with the account that your organisation gave you."),
            status=403,
        )
    return found


def _is_hosted(connection: SignInConnection, claims: Claims) -> bool:
    """Google lets anybody make an account of their own with an address that they once could read; only what it says of
    the domain's own accounts (`hd`) is the domain's word."""
    domain = domain_of(f"@{claims.hosted}")
    return bool(claims.hosted) and connection.domains.proven().filter(domain=domain).exists()


def foresee(connection: SignInConnection, claims: Claims) -> Foreseen:
    """What would come of an arrival. Raises Refused as `arrive` does, but for a connection that is off. Writes nothing.

    By the provider's own number for them first: an address may be given to another person one day, a number not. Of an
    unproven domain it says nothing about who has an account, makes none, and connects none.
    """
    by, email = judge(connection, claims), _address(claims)
    user = User.objects.filter(email=email).first()
    if by.proven_at is None:
        return Foreseen(email, user if user and user.is_active else None, by, False)
    known = SignInIdentity.objects.filter(connection=connection, subject=claims.subject).select_related("user").first()
    if known is not None:
        if not _speaks_for(connection, known.user):
            raise Refused(
                "signin.moved",
                _("Your account has another address than this service speaks for. Sign in with that address."),
                status=403,
            )
        user = known.user
    elif user is not None:
        _check_number(connection, SignInIdentity.objects.filter(connection=connection, user=user).first(), claims)
    elif connection.new_people == NewPeople.REFUSE:
        raise Refused(
            "signin.unknown",
            _("There is no account with your address yet. Register on the page of the event; that makes it."),
            status=403,
        )
    is_enough = user is None or not selectors.is_staff_elsewhere(user, connection.organisation_id)
    return Foreseen(email, user, by, is_enough)


@transaction.atomic
def arrive(connection: SignInConnection, claims: Claims) -> Arrival:
    """Who somebody is whom the provider has let in. Raises Refused where they may not come in by it."""
    if not SignInConnection.objects.usable().filter(pk=connection.pk).exists():
        raise Refused("signin.off", _("This way to sign in is switched off."), status=403)
    seen = foresee(connection, claims)
    if seen.by.proven_at is None:
        return Arrival(seen.email, seen.user, False)
    user = seen.user or accounts.find_or_create(email=seen.email, name=_name(claims))[0]
    _connect(connection, claims, user)
    if seen.is_vouched:
        accounts.trust_address(user)
    return Arrival(user.email, user, seen.is_vouched)


def _speaks_for(connection: SignInConnection, user: User) -> bool:
    return connection.domains.proven().filter(domain=domain_of(user.email)).exists()


def _connect(connection: SignInConnection, claims: Claims, user: User) -> None:
    """The first time that this connection brings this person, they become what it says of new people; not again if
    they have been that, nor where the organisation has as many members as may be."""
    try:
        identity, is_new = SignInIdentity.objects.get_or_create(
            connection=connection, user=user, defaults={"subject": claims.subject}
        )
    except IntegrityError as error:  # the same number came at the same moment, with another address
        raise Refused(
            "signin.twice", _("You came in twice at the same moment. Begin again from the sign-in page."), status=409
        ) from error
    _check_number(connection, identity, claims)
    if not is_new or connection.new_people != NewPeople.MANAGER:
        return
    of_them = {"organisation_id": connection.organisation_id, "user": user}
    if Membership.objects.filter(**of_them).exists() or FormerMember.objects.filter(**of_them).exists():
        return
    try:
        check_members(connection.organisation)
    except Refused:
        logger.warning("Connection %s makes no member of person %s: there are too many.", connection.pk, user.pk)
    else:
        add_member(connection.organisation, user=user)


def _check_number(connection: SignInConnection, identity: SignInIdentity | None, claims: Claims) -> None:
    if identity is None or identity.subject == claims.subject:
        return
    logger.warning("Connection %s names person %s by another subject than before.", connection.pk, identity.user_id)
    raise Refused(
        "signin.other_person",
        _("Somebody else signed in with this address before. Ask an owner of the organisation to let it be "
          "connected anew."),
        status=403,
    )  # fmt: skip


def _address(claims: Claims) -> str:
    email = claims.email.strip().lower()
    try:
        validate_email(email)
        email.encode()
    except (ValidationError, UnicodeEncodeError) as error:
        raise Refused(
            "signin.address", _("Your organisation’s service named no address that we can use."), status=403
        ) from error
    return email[:254]


def _name(claims: Claims) -> str:
    name = claims.name.strip()[:120]
    if not name.isprintable():
        return ""
    try:
        validate_person_name(name)
    except ValidationError:
        return ""
    return name


@transaction.atomic
def save_connection(
    connection: SignInConnection, *, secret: str = "", changed: Collection[str] | None = None
) -> SignInConnection:
    """Keeps a new connection, or of one that is there what was `changed` (by default all); an empty secret leaves the
    one that it has, unless another issuer would be told it. Raises Refused where it was deleted meanwhile."""
    written = {*(changed or ())}
    if connection.pk:
        former = hold_row(connection, gone="connection.gone")
        # What is not written is as somebody else may have set it since this row was read.
        new = {name for name in WHOSE if changed is None or name in changed}
        new = {name for name in new if getattr(former, name) != getattr(connection, name)}
        if new & {"issuer", "client_id"}:
            connection.client_secret = ""
            written.add("client_secret")
        if new & {"issuer", "entity_id"}:
            # Another provider counts its people otherwise: the same number may be somebody else there.
            SignInIdentity.objects.filter(connection=connection).delete()
    if secret:
        connection.client_secret = sealing.seal(secret, purpose=SEALED_FOR)
        written.add("client_secret")
    connection.save(update_fields=None if changed is None or connection.pk is None else written)
    return connection


def keep_pair(connection: SignInConnection) -> None:
    """Sees to it that a SAML connection has keys of its own, with which the provider may encrypt; another pair where
    the one it had can be read no more. Of two who ask at once, both find the same."""
    former = connection.own_key
    if former and selectors.key_of(connection):
        return
    made = saml_sealed.new_pair(f"Plenary sign-in {connection.pk}")
    fields = {"own_key": sealing.seal(made.key, purpose=SEALED_FOR), "own_certificate": made.certificate}
    SignInConnection.objects.filter(pk=connection.pk, own_key=former).update(**fields)
    connection.refresh_from_db(fields=[*fields])


def renew_secrets() -> int:
    """After a change of SECRET_KEY: seals the clients' secrets with the newest key, while the former one still stands
    in SECRET_KEY_FALLBACKS. How many there were."""
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    return sum(_renew(column) for column in ("client_secret", "own_key"))


def _renew(column: str) -> int:
    renewed = 0
    for connection in SignInConnection.objects.exclude(**{column: ""}).only("pk", column):
        former = getattr(connection, column)
        secret = sealing.unseal(former, purpose=SEALED_FOR)
        if secret:
            fresh = sealing.seal(secret, purpose=SEALED_FOR)
            renewed += SignInConnection.objects.filter(pk=connection.pk, **{column: former}).update(**{column: fresh})
    return renewed


@transaction.atomic
def forget_people(connection: SignInConnection) -> int:
    """Lets everybody be connected anew, by their address; how many were known."""
    count = SignInIdentity.objects.filter(connection=connection).delete()[0]
    words, organisation_id = gettext("Let everybody be connected anew"), connection.organisation_id
    audit.record(words, thing=connection, organisation_id=organisation_id, after={"people": count})
    return count
