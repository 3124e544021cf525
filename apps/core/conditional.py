"""Answers of "not modified": a validator made of what a page depends on, so that a repeat costs no rendering."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response

from apps.core import importmap


@lru_cache(maxsize=1)
def release() -> str:
    """Names what every page is made of besides data: templates, catalogues and the addresses of static files."""
    digest = hashlib.sha256(importmap.text().encode())
    digest.update(str(getattr(staticfiles_storage, "manifest_hash", "")).encode())
    folders: list[Path] = [*settings.TEMPLATES[0]["DIRS"], *settings.LOCALE_PATHS]  # type: ignore[misc]
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file() and path.suffix in {".html", ".svg", ".mo"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()


def page_tag(request: HttpRequest, *parts: Any) -> str:
    """A weak ETag for a page of this reader: `parts` are the versions of what it shows.

    What every page shows besides comes by itself: the address, language, theme, zones, and the CSRF secret, whose
    masked form stands in the page's forms.
    """
    reader = (
        request.get_full_path(),
        translation.get_language(),
        getattr(request, "theme", ""),
        repr(getattr(request, "zones", "")),
        request.META.get("CSRF_COOKIE", ""),
    )
    text = "\x1f".join(map(str, (release(), *reader, *parts)))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    """The 304 for somebody who holds this very page, else None."""
    return get_conditional_response(request, etag=tag)
