"""Reads about people."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from ua_parser import parse_os, parse_user_agent

from apps.accounts.models import ApiToken, User
from apps.core import clock, ids

TOKEN_PREFIX = "pln_"  # noqa: S105 - what each of them begins with, not one of them


def photo_name(file: str) -> str:
    """The storage name of a profile photo, from the last part of its address."""
    return f"people/{file}"


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody is signed in. `browser` and `system` are empty where the browser does not say."""

    pk: int
    browser: str
    system: str
    address: str
    since: datetime
    is_this: bool


def devices(user: User, this: str) -> list[Device]:
    """This person's sessions that hold: `this` (a session key), then the newest. Signing in keeps them few."""
    standing = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    found = UserSession.objects.filter(user=user, session_key__in=standing).order_by("-created_at", "-pk")
    return sorted((_device(session, this) for session in found), key=lambda device: not device.is_this)


def _device(session: UserSession, this: str) -> Device:
    browser, system = parse_user_agent(session.user_agent), parse_os(session.user_agent)
    return Device(
        pk=session.pk,
        browser=browser.family if browser else "",
        system=system.family if system else "",
        address=session.ip,
        since=session.created_at,
        is_this=session.session_key == this,
    )


def tokens_of(user: User) -> list[ApiToken]:
    """This person's tokens, the newest first: those that stand, and those whose time has just ended. Making and
    sweeping keep them few."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None))


def token_by_secret(secret: str) -> ApiToken | None:
    """The standing token with this secret, of somebody who may still sign in. It is found by a digest, so how long
    that takes tells nothing of how near a guess was."""
    if not ids.is_key(secret, TOKEN_PREFIX):
        return None
    found = ApiToken.objects.standing().filter(digest=ids.digest(secret), user__is_active=True)
    token: ApiToken | None = found.select_related("user").first()
    return token
