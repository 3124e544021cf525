"""The way to a second step, for whoever runs events and has none yet."""

from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from apps.accounts import services
from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Refused

ONWARD = "second_factor_onward"
WHY_A_SECOND_STEP = _(
    "Whoever runs events signs in with a second step, so that a stolen password or mailbox opens nothing. "
    "Choose one here, and then go on to where you wanted to be."
)


def lead_to_second_factor(request: HttpRequest, to: str) -> HttpResponse:
    """What the staff may do rests until they have a second step: to the page where it is set up, and then on to `to`,
    an address of this site."""
    messages.warning(request, WHY_A_SECOND_STEP)
    request.session[ONWARD] = to
    return redirect("mfa_index")


def onward(request: HttpRequest) -> str:
    """Where somebody was going when they were led to their second step. It is said once."""
    return str(request.session.pop(ONWARD, ""))


def must_sign_in_again(request: HttpRequest) -> bool:
    """Whoever has neither a password nor a second step can be asked for nothing but to sign in once more."""
    if get_adapter().get_reauthentication_methods(request.user):
        return False
    shown = max((record["at"] for record in get_authentication_records(request, request.user)), default=0)
    return bool(clock.now().timestamp() - shown > app_settings.REAUTHENTICATION_TIMEOUT)


def where_to_prove_oneself(request: HttpRequest, onward: str) -> str:
    """The page that asks for a password or second step, where neither was given lately; then it leads to `onward`."""
    methods = get_adapter().get_reauthentication_methods(request.user)
    shown = max((record["at"] for record in get_authentication_records(request, request.user)), default=0)
    if not methods or clock.now().timestamp() - shown <= app_settings.REAUTHENTICATION_TIMEOUT:
        return ""
    return f"{methods[0]['url']}?{urlencode({'next': onward})}"


def check_shown_lately(request: HttpRequest, *, anew: bool = False) -> None:
    """For calls, what pages ask by leading on: raises Refused where nobody showed lately who this is. `anew`: once more
    since they signed in, for what lasts longer than the session."""
    is_asked = must_sign_in_again(request) or where_to_prove_oneself(request, "")
    if is_asked or (anew and is_reauthentication_required(request, app="accounts")):
        words = _("You signed in some time ago. Show on the page of your account who you are, or sign in again.")
        raise Refused("signin.again", words, status=403)


def ask_to_sign_in_again(request: HttpRequest) -> HttpResponse:
    return render(request, "mfa/sign_in_again.html", {"onward": request.path})


def keep_this_session(request: HttpRequest) -> None:
    """After a first second step came, or the last one went: Django believes no session from before. This one goes on,
    the others end, and what was opened with them."""
    user = User.objects.get(pk=int(request.user.pk or 0))
    believed = user.get_session_auth_hash()
    if request.session.get(HASH_SESSION_KEY) != believed:
        request.session[HASH_SESSION_KEY] = believed
        services.end_other_sessions(user, str(request.session.session_key))
