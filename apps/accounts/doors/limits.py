"""A limit for each network address at the doors that visitors may knock at."""

import logging

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60


def limit_by_address(request: HttpRequest, action: str, *, also_get: bool = False) -> None:
    """Raises Refused where too much came from this network address; the rates are in ACCOUNT_RATE_LIMITS.

    What is only looked at is not counted, unless a door says `also_get`: there, a GET does something.
    """
    if not _takes_one_more(request, action, also_get=also_get):
        logger.warning("Too many requests (%s) from %s.", action, request.META["REMOTE_ADDR"])
        raise Refused(
            "too_many",
            _("Too many requests came from your network just now. Nothing is lost: wait a minute and try again."),
            retry_after=RETRY_SECONDS,
            status=429,
        )


def limit_codes(request: HttpRequest, email: str) -> None:
    """Raises Refused where too many codes were asked for with this mail address, or from this network. For doors that
    mail one without the form of the sign-in page, which counts by the same rates."""
    if not _takes_one_more(request, "request_login_code", key=email.lower(), also_get=True):
        logger.warning("Too many codes were asked for, lately from %s.", request.META["REMOTE_ADDR"])
        raise Refused(
            "signin.codes",
            _("Too many codes were asked for with this address. Wait a minute, then begin again."),
            retry_after=RETRY_SECONDS,
            status=429,
        )


def _takes_one_more(request: HttpRequest, action: str, *, also_get: bool, key: str | None = None) -> bool:
    app = "allauth.account"
    return bool(ratelimit.consume(request, app=app, action=action, key=key, limit_get=also_get))
