"""The description of the wire protocol, for those who write to it."""

import hashlib
from functools import cache

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from apps.core.access import Access
from apps.core.doors import classified
from apps.live import asyncapi


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
