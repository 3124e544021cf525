"""Pages of the live engine: the description of its protocol, and how its processes are."""

import hashlib
from dataclasses import asdict
from functools import cache

from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import condition, require_safe

from apps.core.access import Access
from apps.core.doors import classified
from apps.live import asyncapi, shedding, store
from apps.live.registry import Shed

STEPS = {
    Shed.REACTIONS: _("reactions"),
    Shed.PRESENCE: _("counts of people"),
    Shed.SAMPLING: _("half of what busy rooms say"),
    Shed.FEED: _("quick reading of the feed"),
}


@cache
def _document() -> bytes:
    return asyncapi.text().encode()


def _tag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_document()).hexdigest()[:32]}"'


@classified(Access.ANYONE)
@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=_tag)
def protocol(request: HttpRequest) -> HttpResponseBase:
    """AsyncAPI 3, as YAML; what is registered does not change while a process runs."""
    return HttpResponse(_document(), content_type="application/yaml; charset=utf-8")


@classified(Access.PLATFORM_STAFF)
@require_safe
@never_cache
def processes(request: HttpRequest) -> HttpResponseBase:
    """For those who run the platform; it concerns no event, so that organisers have no business here."""
    if not getattr(request.user, "runs_platform", False):
        raise Http404
    try:
        found = shedding.reports()
    except store.Failed:
        reports = None
    else:
        reports = [
            asdict(report) | {"steps": [STEPS[step] for step in Shed if step <= report.level]} for report in found
        ]
    return render(request, "live/processes.html", {"reports": reports}, status=503 if reports is None else 200)
