"""Reads about people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from ua_parser import parse_os, parse_user_agent

from apps.accounts.models import User

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
    kept = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")[:MOST_DEVICES]
    return sorted(_standing(kept.iterator(), this), key=lambda device: not device.is_this)


def _standing(kept: Iterator[UserSession], this: str) -> Iterator[Device]:
    for session in kept:
        if session.purge():
            continue
        browser, system = parse_user_agent(session.user_agent), parse_os(session.user_agent)
        yield Device(
            pk=session.pk,
            browser=browser.family if browser else "",
            system=system.family if system else "",
            address=session.ip,
            since=session.created_at,
            is_this=session.session_key == this,
        )
