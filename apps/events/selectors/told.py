"""For the person themselves: what this room holds of them, beside their places and roles."""

from collections.abc import Iterator
from typing import Any

from apps.accounts.models import User
from apps.events.models import Ban, FormerMember, OrganisationWish, SignInIdentity, Unmet


def bans_of(user: User) -> Iterator[dict[str, Any]]:
    """Why, the organisers wrote for themselves."""
    for ban in Ban.objects.filter(user=user).select_related("event").order_by("-pk"):
        yield {"event": ban.event.slug, "since": ban.created_at, "lifted": ban.lifted_at}


def identities_of(user: User) -> Iterator[dict[str, Any]]:
    """As whom the providers of organisations know them."""
    rows = SignInIdentity.objects.filter(user=user).select_related("connection__organisation").order_by("-pk")
    for row in rows:
        yield {
            "organisation": row.connection.organisation.slug,
            "provider": row.connection.name,
            "known_as": row.subject,
            "since": row.created_at,
        }


def typed_of(user: User) -> Iterator[dict[str, Any]]:
    """What organisers, or whoever registered them, typed of somebody who has not come to them yet."""
    for row in Unmet.objects.filter(user=user).select_related("organisation").order_by("-pk"):
        yield {"organisation": row.organisation.slug, "name": row.name, "company": row.company, "title": row.title}


def former_memberships_of(user: User) -> Iterator[dict[str, Any]]:
    for row in FormerMember.objects.filter(user=user).select_related("organisation").order_by("-pk"):
        yield {"organisation": row.organisation.slug}


def wishes_of(user: User) -> Iterator[dict[str, Any]]:
    """Whether they asked for an organisation of their own, and what they were answered."""
    for wish in OrganisationWish.objects.filter(by=user).order_by("-pk"):
        yield {
            "name": wish.name,
            "words": wish.words,
            "asked": wish.created_at,
            "became": wish.state,
            "answer": wish.answer,
        }
