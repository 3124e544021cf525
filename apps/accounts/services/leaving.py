"""What a person may take with them, and the end of their account."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import selectors, signals
from apps.accounts.models import SHOWN_FIELDS, User
from apps.accounts.permissions import Reader
from apps.accounts.registry import own_data
from apps.core import clock
from apps.core.errors import Refused


def everything_of(user: User) -> dict[str, Any]:
    """What is held of this person, as plain values: what they said of themselves, how they sign in, and what each room
    knows. No secret is among it: nobody signs in with this file."""
    told = selectors.shown_of(user, to=Reader.SELF)
    profile = {field: getattr(told, field) for field in SHOWN_FIELDS if field not in ("photo", "links")}
    return {
        "made_at": clock.now(),
        "person": {
            "email": user.email,
            "name": user.name,
            **profile,
            "photo": told.photo_url,
            "links": user.links,
            "language": user.language,
            "since": user.created_at,
            "seen_by": selectors.visibility_of(user),
        },
        "devices": [
            {"browser": one.browser, "system": one.system, "address": one.address, "since": one.since}
            for one in selectors.devices(user, "")
        ],
        "second_steps": [{"kind": row.type, "since": row.created_at} for row in selectors.steps(user)],
        "tokens": [
            {"name": row.name, "may": row.scopes, "since": row.created_at, "ends": row.expires_at}
            for row in selectors.tokens_of(user)
        ],
        **own_data.of(user),
    }


def delete_account(user: User) -> None:
    """Ends the account for good: profile, places, answers and stars go; what was said in conversations stays, without
    a name. Whoever runs events hands them over first."""
    if user.is_staff or user.is_superuser:
        raise Refused(
            "account.runs_events",
            _("You run events. Hand them over to somebody first, and let them take your role away."),
        )
    photo = user.photo
    sessions = list(UserSession.objects.filter(user=user))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        signals.account_leaving.send(sender=User, user=user)
        if photo:
            storage, name = photo.storage, str(photo.name)
            transaction.on_commit(lambda: storage.delete(name))
        for session in sessions:
            session.end()
        signals.sessions_ended.send(sender=User, user=user)
        User.objects.get(pk=user.pk).delete()
