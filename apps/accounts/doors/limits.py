"""A limit for each network address at the doors that visitors may knock at."""

import logging

from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

logger = logging.getLogger(__name__)

RETRY_SECONDS = 60


def limit_by_address(request: HttpRequest, action: str) -> None:
    """Raises Refused where too much came from this network address; the rates are in ACCOUNT_RATE_LIMITS."""
    if not ratelimit.consume(request, action=action):
        logger.warning("Too many requests (%s) from %s.", action, request.META["REMOTE_ADDR"])
        raise Refused(
            "too_many",
            _("Too many requests came from your network just now. Nothing is lost: wait a minute and try again."),
            retry_after=RETRY_SECONDS,
            status=429,
        )
