"""The platform's own pages: health."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.core import health
from apps.core.access import Access
from apps.core.doors import classified


@classified(Access.ANYONE)
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@classified(Access.ANYONE)
def readyz(request: HttpRequest) -> HttpResponse:
    missing = health.unready()
    return JsonResponse(
        {"ready": not missing, "missing": missing},
        status=503 if missing else 200,
        headers={"Cache-Control": "no-store"},
    )
