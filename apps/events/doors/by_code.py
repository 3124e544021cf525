"""Codes in an address: the registration of a private event opens to whoever brings one that works, and is not there for
everybody else; and who registers by call may have theirs stand there as well."""

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.doors import limit_by_address
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import Event

MOST_CODE = 40


def code_brought(request: HttpRequest | Request, event: Event) -> str:
    """The code in the address, or nothing: where it opens nothing, and where too many were tried from this network, the
    answer is that of an event that does not exist."""
    code = request.GET.get("code", "")
    if not code:
        return ""
    try:
        limit_by_address(request, "code", also_get=True)
    except Refused:
        return ""
    return code if selectors.opens_to(event, code) else ""


def code_of_wish(request: Request, said: str, *, brought: str) -> str:
    """The code of who registers by call: the one that was `said`, else the one in the address, as the desk's links have
    it. Raises Refused where too many were tried from this network; what was `brought` is counted already."""
    code = said or brought or request.GET.get("code", "")[:MOST_CODE]
    if code and code != brought:
        limit_by_address(request, "code")
    return code
