"""The mark of a session that was opened by a join link."""

from typing import Any

from django.contrib.auth import login
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.models import User
from apps.events.models import JoinLink

KEY = "join_link"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def link_of(request: HttpRequest) -> int | None:
    """The id of the link that opened this session; None where a code or a password did."""
    found = request.session.get(KEY)
    return found if isinstance(found, int) else None


def enter_by(request: HttpRequest, link: JoinLink) -> None:
    """Signs the link's person in. Who is signed in as them already keeps the better session."""
    if request.user.pk == link.registration.user_id:
        return
    login(request, link.registration.user, backend=BACKEND)
    request.session[KEY] = link.pk


@receiver(user_logged_in)
def forget_link(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever proves themselves anew has a session of their own."""
    request.session.pop(KEY, None)
