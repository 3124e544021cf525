"""Reads about an organisation's own ways to sign in, and about whom it asked to join it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.registry import SHOWN
from apps.core import clock, sealing
from apps.core.access import MayRun
from apps.core.domains import domain_of
from apps.events import permissions
from apps.events.models import (
    STAFF_ROLES,
    EventRole,
    MemberInvitation,
    Membership,
    Organisation,
    SignInConnection,
    SignInDomain,
)

SEALED_FOR = "sign-in"
SHOWN_SECONDS = 10 * 60

_invited = signing.Signer(salt="plenary.events.member")


def connections_of(organisation: Organisation) -> list[SignInConnection]:
    """Those that may be used, as people choose among them."""
    return list(organisation.sign_in_connections.usable().order_by("name", "pk"))


def connection_of_address(email: str) -> SignInConnection | None:
    """The one that speaks for this address's domain, proven and switched on."""
    proven = SignInDomain.objects.proven().filter(domain=domain_of(email), connection__is_on=True)
    found = proven.select_related("connection__organisation").first()
    return found.connection if found else None


def way_of_address(email: str) -> str:
    connection = connection_of_address(email)
    return reverse("events:ways", args=[connection.organisation.slug]) if connection else ""


def required_way(user: User, session: Mapping[str, Any]) -> str:
    """The page of the way that this person must take and, in this session, has not. Owners may do without, so that a
    provider that fails locks nobody out for good."""
    connection = required_connection(user)
    if connection is None or has_shown(session, connection, user.email):
        return ""
    return reverse("events:ways", args=[connection.organisation.slug])


def required_connection(user: User) -> SignInConnection | None:
    connection = connection_of_address(user.email)
    if connection is None or not connection.is_required or user.is_superuser:
        return None
    owns = Membership.objects.filter(organisation_id=connection.organisation_id, user=user, role=Membership.Role.OWNER)
    return None if owns.exists() else connection


def has_shown(session: Mapping[str, Any], connection: SignInConnection, email: str) -> bool:
    shown = session.get(SHOWN)
    if not isinstance(shown, dict) or shown.get("connection") != connection.pk or shown.get("email") != email:
        return False
    return bool(0 <= clock.now().timestamp() - shown.get("at", 0) < SHOWN_SECONDS)


def is_staff_anywhere(user: User) -> bool:
    """Whether somebody runs anything, also where that rests until they have a second step."""
    if user.needs_second_factor or Membership.objects.filter(user=user).exists():
        return True
    return EventRole.objects.filter(user=user, role__in=STAFF_ROLES).exists()


def is_staff_elsewhere(user: User, organisation_id: int) -> bool:
    """Whether somebody runs what is not this organisation's: for that, its provider may not speak."""
    if user.is_superuser:
        return True
    others = Membership.objects.filter(user=user).exclude(organisation_id=organisation_id)
    roles = EventRole.objects.filter(user=user, role__in=STAFF_ROLES)
    return others.exists() or roles.exclude(event__organisation_id=organisation_id).exists()


def secret_of(connection: SignInConnection) -> str:
    """Empty where it has none, or SECRET_KEY changed since."""
    return sealing.unseal(connection.client_secret, purpose=SEALED_FOR) if connection.client_secret else ""


def key_of(connection: SignInConnection) -> str:
    """Of a SAML connection, with which what the provider encrypts is opened. Empty as above."""
    return sealing.unseal(connection.own_key, purpose=SEALED_FOR) if connection.own_key else ""


def address_of(name: str, connection: SignInConnection) -> str:
    """What is pasted into the provider: a route of ours for this connection, whole."""
    return f"{settings.SITE_URL}{reverse(f'events:{name}', args=[connection.pk])}"


def page_of(organisation: Organisation) -> str:
    """Where its people choose how to sign in, whole."""
    return f"{settings.SITE_URL}{reverse('events:ways', args=[organisation.slug])}"


def owned_organisations(user: User) -> QuerySet[Organisation]:
    """Whose members and ways to sign in are this person's business."""
    if user.runs_platform:
        return Organisation.objects.all()
    if not user.is_authenticated or not user.has_second_factor:
        return Organisation.objects.none()
    owned = permissions.memberships_for(user, MayRun.MEMBERS).values("organisation_id")
    return Organisation.objects.filter(pk__in=owned)


def organisations_with_role(user: User) -> QuerySet[Organisation]:
    """Those that this person belongs to, each with their `role` in it. None without a second step."""
    if not user.has_second_factor:
        return Organisation.objects.none()
    own = Membership.objects.filter(user=user, organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(own)).annotate(role=Subquery(own.values("role")))


def has_organisation(user: User) -> bool:
    """Whether there is one in whose name this person may make events."""
    if user.runs_platform:
        return Organisation.objects.exists()
    return Membership.objects.filter(user=user).exists()


def member_token(invitation: MemberInvitation) -> str:
    return _invited.sign(f"{invitation.pk}.{invitation.sendings}")


def invitation_by_token(token: str) -> MemberInvitation | None:
    """The row that a link in a mail names, open or not; None where the signature isn't ours, or a newer mail went."""
    try:
        pk, _dot, sendings = _invited.unsign(token).partition(".")
        named = Q(pk=int(pk), sendings=int(sendings))
    except (signing.BadSignature, ValueError):
        return None
    return MemberInvitation.objects.select_related("organisation", "by").filter(named).first()


def invitations_for(user: User) -> list[MemberInvitation]:
    """What waits for this person's yes."""
    rows = MemberInvitation.objects.standing().filter(email=user.email)
    return list(rows.select_related("organisation", "by").order_by("-created_at", "-pk")[:50])


def memberships_of(user: User) -> list[Membership]:
    rows = Membership.objects.filter(user=user).select_related("organisation")
    return list(rows.order_by("organisation__name", "pk")[:200])
