"""Answers of "not modified": a validator made of what a page depends on, so that a repeat costs no rendering."""

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from apps.core import clock, importmap

TWO_SECONDS = timedelta(seconds=2)


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
        getattr(request, "preview", ""),
        request.META.get("CSRF_COOKIE", ""),
    )
    text = "\x1f".join(map(str, (release(), *reader, *parts)))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def part_tag(*parts: Any) -> str:
    """A weak ETag for a part of a page, the same by whichever address it is asked for: nothing is in it but words in
    the reader's language and what `parts` are the versions of."""
    text = "\x1f".join(map(str, (release(), translation.get_language(), *parts)))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest, tag: str, changed_at: datetime | None = None) -> HttpResponseBase | None:
    """The 304 for somebody who holds this very page, else None. Who names its tag is not asked for its date."""
    seconds = None if changed_at is None else _settled(changed_at)
    return get_conditional_response(request, etag=tag, last_modified=seconds)


def stamp(response: HttpResponseBase, tag: str, changed_at: datetime) -> None:
    """Both validators of an answer."""
    response.headers["ETag"] = tag
    if (seconds := _settled(changed_at)) is not None:
        response.headers["Last-Modified"] = http_date(seconds)


def _settled(changed_at: datetime) -> int | None:
    """As a date of HTTP, which knows whole seconds: None while another change could still get the same one."""
    return int(changed_at.timestamp()) if clock.now() - changed_at > TWO_SECONDS else None
