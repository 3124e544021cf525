"""The registration of a private event opens to whoever brings a code that works; to everybody else it is not there."""

from django.http import HttpRequest
from rest_framework.request import Request

from apps.accounts.doors import limit_by_address
from apps.core.errors import Refused
from apps.events import selectors
from apps.events.models import Event


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
