"""How the intake is doing, for those who run the platform and for their instruments."""

import hmac

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.core.access import Access
from apps.core.doors import classified
from apps.intake import exposition, metrics, store


@classified(Access.PLATFORM_STAFF)
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponseBase:
    """What waits, for how long, how fast it goes. It concerns no event, so that organisers have no business here."""
    if not getattr(request.user, "runs_platform", False):
        raise Http404
    found = _health()
    return render(request, "intake/health.html", {"health": found}, status=503 if found is None else 200)


@classified(Access.ANYONE)
@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """The same as figures, as Prometheus reads them; for whoever has the token. Without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        return HttpResponse("A token is needed.", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition.text(_health()), content_type=exposition.KIND)


def _health() -> metrics.Health | None:
    try:
        return metrics.health()
    except (store.Failed, BotoCoreError, ClientError):
        return None
