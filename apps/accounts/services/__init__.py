"""Writes about people: their account, their sessions, tokens and second steps; the profile is next door."""

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors
from apps.accounts.adapters import second_factor
from apps.accounts.models import NAME_SAYS_MORE, ApiToken, User, validate_person_name
from apps.accounts.selectors import TOKEN_PREFIX
from apps.accounts.services.leaving import delete_account as delete_account
from apps.accounts.services.leaving import everything_of as everything_of
from apps.accounts.services.profiles import PROFILE_FIELDS as PROFILE_FIELDS
from apps.accounts.services.profiles import update_profile as update_profile
from apps.accounts.signals import second_factor_changed, sessions_ended
from apps.core import clock, ids, scopes
from apps.core.errors import Refused

logger = logging.getLogger(__name__)

MOST_SESSIONS = 50
MOST_TOKENS = 50
TOKEN_DAYS = (7, 30, 90, 180, 365)
TOKEN_START = 8
SHOWN_AFTER_DAYS = 30
USE_NOTED_EVERY = timedelta(hours=1)


def check_name(name: str) -> None:
    """Whichever door somebody is named by."""
    try:
        validate_person_name(name)
    except ValidationError as error:
        raise Refused("person.name", NAME_SAYS_MORE, field="name") from error


def find_or_create(*, email: str, **details: Any) -> tuple[User, bool]:
    """The person with this address, and whether they are new. Raises Refused where what is to be their name is none.

    `details` are kept for a new person only: whoever knows an address must not be able to rewrite its profile.
    """
    check_name(str(details.get("name", "")))
    existing = User.objects.filter(email=email).first()
    if existing:
        return existing, False
    try:
        with transaction.atomic():
            return User.objects.create_user(email, **details), True
    except IntegrityError:  # somebody else registered the same address at the same moment
        return User.objects.get(email=email), False


def trust_address(user: User) -> None:
    """The address is proven, or given by somebody with access to this machine: no mail needs to confirm it."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


@transaction.atomic
def create_person(*, email: str, password: str = "", **details: Any) -> User:
    """A person whose address is trusted from the start; without a password they sign in by mailed code."""
    user, is_new = find_or_create(email=email, **details)
    if not is_new:
        raise Refused("person.exists", _("Somebody with this address is here already."), field="email")
    if password:
        set_password(user, password)
    trust_address(user)
    return user


def set_password(user: User, password: str) -> None:
    """Raises ValidationError where the password is too short, too common, or too like the person."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


@transaction.atomic
def set_active(user: User, *, is_active: bool) -> bool:
    """Whether the person may sign in, and stays signed in; whether that is new. What they had open is over for good: an
    account that is opened again has no session and no token from before."""
    changed = User.objects.filter(pk=user.pk).exclude(is_active=is_active).update(is_active=is_active)
    user.is_active = is_active
    if changed:
        _revoke_tokens(user)
        # Also when it is opened: whoever closed it may have died before its sessions ended.
        transaction.on_commit(lambda: _end_sessions(user, UserSession.objects.filter(user=user)))
    return bool(changed)


def set_staff(user: User, *, is_staff: bool) -> None:
    """Whether the person may open the desk: it follows from their organisations and roles, and is set by them."""
    User.objects.filter(pk=user.pk).exclude(is_staff=is_staff).update(is_staff=is_staff)
    user.is_staff = is_staff


def end_session(user: User, pk: int) -> bool:
    """Signs one of this person's devices out; False where they have none such."""
    return _end_sessions(user, UserSession.objects.filter(user=user, pk=pk)) > 0


def end_other_sessions(user: User, but: str) -> int:
    """Signs this person out everywhere but where the session has this key; how many sessions that ended."""
    return _end_sessions(user, UserSession.objects.filter(user=user).exclude(session_key=but))


def _end_sessions(user: User, found: QuerySet[UserSession]) -> int:
    """Not in one transaction: while it was open, a request could bring a session back from its row to the cache."""
    sessions = list(found)
    for session in sessions:
        session.end()
    if sessions:
        sessions_ended.send(sender=User, user=user)
    return len(sessions)


def keep_within_bounds(user: User) -> None:
    """Who signs in once more than `MOST_SESSIONS` times leaves where they signed in first. Nobody is told: signing in
    again and again must not stir the events that they are in."""
    for session in UserSession.objects.filter(user=user).order_by("-created_at", "-pk")[MOST_SESSIONS:]:
        session.end()


def sweep_sessions() -> None:
    """Lets go of sessions whose time is over, and of what was kept about them."""
    SessionStore.clear_expired()
    old = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    standing = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(standing), created_at__lt=old).delete()


@transaction.atomic
def note_second_factor(user_id: int) -> None:
    """Keeps whether somebody has a second step on their own row, where every question about rights reads it.

    Called inside the transaction that adds one or takes one away. The row is held, so that of two that go at the same
    moment the later one sees that nothing is left.
    """
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        return
    has = selectors.steps(user).exists()
    if has == user.has_second_factor:
        return
    user.has_second_factor = has
    user.save(update_fields=["has_second_factor"])
    _revoke_tokens(user)  # none from before may have the rights that come with it, as no session has
    second_factor_changed.send(sender=User, user=user)


def _revoke_tokens(user: User) -> None:
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())


def give_app(user: User) -> None:
    """For somebody made up, where nobody needs a telephone: what their app would say, `selectors.trial_code` says."""
    TOTP.activate(user, generate_totp_secret())
    user.has_second_factor = True


def replace_app(user: User, *, secret: str) -> bool:
    """Another telephone takes the place of the one that showed the codes; False where there was none."""
    fresh = {"data": {"secret": encrypt(secret)}, "created_at": clock.now(), "last_used_at": None}
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).update(**fresh))


def reset_second_factor(user: User, *, by: str) -> bool:
    """For somebody who lost everything that shows who they are: their second steps go, and all their sessions end.

    What they may do as staff rests until they have set up another one. They are told by mail. False where there was
    nothing to reset. `by` is kept in the log.
    """
    with transaction.atomic():
        gone, _by_model = Authenticator.objects.filter(user=user).delete()
    if not gone:
        return False
    logger.warning("The second step of person %s was reset by %s.", user.pk, by)
    _end_sessions(user, UserSession.objects.filter(user=user))
    with translation.override(user.language or settings.LANGUAGE_CODE):
        get_adapter().send_mail("mfa/email/second_step_reset", user.email, {})
    return True


def renew_locks() -> int:
    """After a change of SECRET_KEY: keeps the secrets of second steps with the newest key, while the former one still
    stands in SECRET_KEY_FALLBACKS. How many there were."""
    if not settings.SECRET_KEY_FALLBACKS:
        return 0
    kept_by = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
    renewed = 0
    for pk in list(Authenticator.objects.filter(type__in=kept_by).values_list("pk", flat=True)):
        with transaction.atomic():  # held, since a code that is being used is noted in the same field
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            name = kept_by[row.type] if row else ""
            if row is None or name not in row.data:
                continue
            secret = second_factor.renewed(row.data[name])
            if secret != row.data[name]:
                renewed += Authenticator.objects.filter(pk=pk).update(data={**row.data, name: secret})
    return renewed


@transaction.atomic
def create_token(
    user: User, *, name: str, wanted: Collection[str], days: int, event_id: int | None = None
) -> tuple[ApiToken, str]:
    """A token for the scopes in `wanted`, and its secret, which is said this once and never again. With `event_id` it
    opens that event alone."""
    if not wanted or not set(wanted) <= scopes.SCOPES.keys():
        raise Refused("token.scopes", _("Choose at least one thing that it may do."), field="scopes", status=400)
    if days not in TOKEN_DAYS:
        raise Refused("token.days", _("Choose how long it holds: at most a year."), field="days", status=400)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two at once are counted one after the other
    if ApiToken.objects.standing().filter(user=user).count() >= MOST_TOKENS:
        raise Refused(
            "token.too_many",
            _("You have %(count)s tokens, which is the most. Revoke one that you do not need."),
            values={"count": MOST_TOKENS},
        )
    secret, now = ids.new_key(TOKEN_PREFIX), clock.now()
    token: ApiToken = ApiToken.objects.create(
        user=user,
        name=name,
        start=secret[:TOKEN_START],
        digest=ids.digest(secret),
        scopes=[scope for scope in scopes.SCOPES if scope in wanted],
        event_id=event_id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, secret


def revoke_token(user: User, pk: int) -> bool:
    """Nothing more is done with it from now on; False where this person has none such."""
    found = ApiToken.objects.filter(user=user, pk=pk, revoked_at=None)
    return bool(found.update(revoked_at=clock.now()))


def note_use(token: ApiToken) -> None:
    """That it was used, once an hour at most."""
    before = clock.now() - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < before:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=clock.now())


def sweep_tokens() -> None:
    """Lets go of tokens that ended, or were revoked, some weeks ago."""
    before = clock.now() - timedelta(days=SHOWN_AFTER_DAYS)
    ApiToken.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before)).delete()
