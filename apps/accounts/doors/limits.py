"""A limit for each network address at the doors that visitors may knock at."""

import logging

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

logger = logging.getLogger(__name__)

APP = "allauth.account"
RETRY_SECONDS = 60


def limit_by_address(request: HttpRequest, action: str, *, also_get: bool = False) -> None:
    """Raises Refused where too much came from this network address; the rates are in ACCOUNT_RATE_LIMITS.

    What is only looked at is not counted, unless a door says `also_get`: there, a GET does something.
    """
    if (request.method != "GET" or also_get) and not _counts_one_more(request, action):
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
    # Its history is the sign-in form's own.
    if not ratelimit.consume(request, app=APP, action="request_login_code", key=email.lower(), limit_get=True):
        logger.warning("Too many codes were asked for, lately from %s.", request.META["REMOTE_ADDR"])
        raise Refused(
            "signin.codes",
            _("Too many codes were asked for with this address. Wait a minute, then begin again."),
            retry_after=RETRY_SECONDS,
            status=429,
        )


def _counts_one_more(request: HttpRequest, action: str) -> bool:
    """Whether each of the action's rates has room for one more.

    The library keeps a list under a lock, and refuses whoever does not get the lock within a second: a hall of people
    behind one address who come at the same moment. A counter has no lock. Its window begins with the first request.
    """
    counted = [
        _count(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate), rate.duration) <= rate.amount
        for rate in ratelimit.get_rates(app=APP, action=action)
    ]
    return all(counted)


def _count(key: str, seconds: float) -> int:
    """How many there were in this window, this one included."""
    key = f"{key}:count"
    for _try in range(2):
        cache.add(key, 0, seconds)
        try:
            count = cache.incr(key)
        except ValueError:  # the window ended in between
            continue
        if count == 1:
            cache.touch(key, seconds)  # or it ended before the step above, which then began one without an end
        return count
    return 1
