"""Reads about people."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from ua_parser import parse_os, parse_user_agent

from apps.accounts.models import User
from apps.core import clock

MOST_DEVICES = 50


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
    """Of this person's sessions that hold the newest ones, first of all `this` (a session key)."""
    kept = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    found = [*kept.filter(session_key=this), *kept.exclude(session_key=this)[:MOST_DEVICES]]
    keys = [session.session_key for session in found]
    standing = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    holding = {this, *standing.values_list("session_key", flat=True)}
    return [_device(session, this) for session in found if session.session_key in holding]


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
