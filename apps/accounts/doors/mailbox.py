"""Whether somebody showed in this session that the mailbox is theirs, and the page that asks for it.

An organisation's service speaks for its people towards that organisation. For what reaches further (a way into the
account that stays, rights in another organisation) its word is not enough, whenever that is wanted.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

CONNECTION = "connection"
"""The method under which a sign-in by an organisation's service is recorded."""
OWN = frozenset({"code", "password", "mfa"})


def came_by_connection_alone(request: HttpRequest) -> bool:
    """Whether an organisation's service opened this session, and nothing of the person's own was shown in it."""
    methods = _shown(request)
    return CONNECTION in methods and methods.isdisjoint(OWN)


def came_by_connection(request: HttpRequest) -> bool:
    return CONNECTION in _shown(request)


def check_own_proof(request: HttpRequest) -> None:
    """Raises Refused where a call comes with a session that an organisation's service opened alone."""
    if came_by_connection_alone(request):
        words = _("Your organisation’s service signed you in. Show by a mailed code that the mailbox is yours, too.")
        raise Refused("signin.own_proof", words, status=403)


def showed_mailbox(request: HttpRequest) -> bool:
    """By a mailed code. A password or passkey may be what somebody else left there."""
    return "code" in _shown(request)


def ask_for_mailed_code(request: HttpRequest, onward: str, refused: Refused | None = None) -> HttpResponse:
    """Afterwards it leads to `onward`, an address of this site."""
    found = {"onward": onward, "refused": refused}
    answer = render(request, "accounts/mailed_code.html", found, status=refused.status if refused else 403)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown(request: HttpRequest) -> frozenset[str]:
    user: Any = request.user
    return frozenset(str(record.get("method")) for record in get_authentication_records(request, user))
