"""How the intake is doing, for those who run the platform."""

from botocore.exceptions import BotoCoreError, ClientError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.access import Access
from apps.core.doors import classified
from apps.intake import metrics, store


@classified(Access.PLATFORM_STAFF)
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponseBase:
    """What waits, for how long, how fast it goes. It concerns no event, so that organisers have no business here."""
    if not getattr(request.user, "runs_platform", False):
        raise Http404
    try:
        found = metrics.health()
    except (store.Failed, BotoCoreError, ClientError):
        found = None
    return render(request, "intake/health.html", {"health": found}, status=503 if found is None else 200)
