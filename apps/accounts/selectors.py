"""Reads about people: what may be shown of them, where they are signed in, and by which second step."""

import unicodedata
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.expressions import Combinable
from ua_parser import parse_os, parse_user_agent

from apps.accounts.models import SHOWN_FIELDS, ApiToken, Audience, User
from apps.accounts.permissions import Reader, can_see
from apps.core import clock, ids, tongues, zones

TOKEN_PREFIX = "pln_"  # noqa: S105 - what each of them begins with, not one of them


KINDS = {
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "linkedin.com": "LinkedIn",
    "orcid.org": "ORCID",
    "youtube.com": "YouTube",
    "instagram.com": "Instagram",
    "bsky.app": "Bluesky",
    "mastodon.social": "Mastodon",
    "xing.com": "XING",
}
"""Places that people know by another name than their host's."""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a reader may see of a person: what is not for them is empty. The only shape in which people are shown to
    others; `face` and templates read it like a person."""

    pk: int
    name: str
    photo_url: str = ""
    title: str = ""
    company: str = ""
    pronouns: str = ""
    bio: str = ""
    languages: tuple[str, ...] = ()
    """Codes."""
    interests: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    time_zone: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def language_names(self) -> list[str]:
        return [tongues.name(code) for code in self.languages]

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        return zones.find(self.time_zone)

    @property
    def says_more(self) -> bool:
        """Whether there is anything beside the name, the photo and what they do."""
        return any((self.pronouns, self.bio, self.languages, self.interests, self.links, self.time_zone))


def shown_of(person: User, *, to: Reader) -> Profile:
    """What of a person may be shown to whom: the one place that decides it, for pages, payloads, calls and exports.
    What is told to many at once is told as to `Reader.PEOPLE`."""
    seen = {field for field in SHOWN_FIELDS if can_see(person.audience_of(field), to)}
    return Profile(
        pk=person.pk,
        name=person.name,
        photo_url=person.own_photo_url if "photo" in seen else "",
        title=person.title if "title" in seen else "",
        company=person.company if "company" in seen else "",
        pronouns=person.pronouns if "pronouns" in seen else "",
        bio=person.bio if "bio" in seen else "",
        languages=tuple(person.languages) if "languages" in seen else (),
        interests=tuple(person.interests) if "interests" in seen else (),
        links=tuple(Link(url, link_label(url)) for url in person.links) if "links" in seen else (),
        time_zone=person.time_zone if "time_zone" in seen else "",
    )


def link_label(url: str) -> str:
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    return KINDS.get(host, host)


def seen_by_staff(field: str, prefix: str = "") -> Combinable:
    """For a query: the text field as the staff of the person's events may see it, else nothing, so that it is neither
    shown nor found nor sorted by. `prefix` leads from the row to the person."""
    assert field in SHOWN_FIELDS  # noqa: S101 - anything else would be shown to all, or is no field
    return Case(When(**{f"{prefix}hidden_fields__contains": [field]}, then=Value("")), default=F(f"{prefix}{field}"))


def folded(interest: str) -> str:
    """As interests are compared: “Rivers” and “rivers” are one."""
    return unicodedata.normalize("NFKC", interest).casefold()


def visibility_of(person: User) -> dict[str, Audience]:
    return {field: person.audience_of(field) for field in SHOWN_FIELDS}


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


def steps(user: User) -> QuerySet[Authenticator]:
    """What this person may be asked for as a second step. Codes for emergencies are none: they stand in for one."""
    own: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return own.exclude(type=Authenticator.Type.RECOVERY_CODES)


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """A person's second steps: the app, passkeys (oldest first), and how many codes for emergencies are left."""

    app: Authenticator | None
    keys: list[Authenticator]
    codes_left: int
    is_obliged: bool

    @property
    def count(self) -> int:
        return len(self.keys) + (self.app is not None)

    @property
    def must_stay(self) -> bool:
        """Whether what is there is the last one of somebody who must have one."""
        return self.is_obliged and self.count == 1


def second_steps(user: User) -> SecondSteps:
    kinds = Authenticator.Type
    found = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    codes = next((row for row in found if row.type == kinds.RECOVERY_CODES), None)
    return SecondSteps(
        app=next((row for row in found if row.type == kinds.TOTP), None),
        keys=[row for row in found if row.type == kinds.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        is_obliged=user.needs_second_factor,
    )


def trial_code(user: User | None, secret: str = "") -> str:
    """What an app would say now, of a secret or of this person's. Only where mail goes to the mailbox page, which
    anybody may read: that is for trying Plenary out, and must not need a telephone."""
    if not settings.MAILBOX_PAGES:
        return ""
    if not secret and user is not None:
        app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
        secret = decrypt(app.data["secret"]) if app else ""
    if not secret:
        return ""
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


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
