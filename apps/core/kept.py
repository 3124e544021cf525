"""Pages that are the same for every visitor of a moment: made once, and handed to each with a token of their own.

In the minute in which registration opens, thousands ask for the same page and the same form. A process makes it once a
second, and takes what it made for the others: nothing in it is older than that, and nobody signed in gets it.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.views.generic.base import ContextMixin, View

from apps.core.middleware import WROTE, Reader

MOST_PAGES = 128
MOST_CHARS = 300
"""Of an address with what it asks. Longer ones are made for their reader alone, and so are those of other methods."""
OWN = (settings.SESSION_COOKIE_NAME, "messages", WROTE)
"""Cookies of somebody whose page may be another than that of the next."""
PLACE = "csrf-token-of-this-visitor"
"""Where each gets one of their own."""


@dataclass(frozen=True, slots=True)
class Page:
    until: float
    """By the monotonic clock."""
    content: bytes
    headers: tuple[tuple[str, str], ...]


_pages: OrderedDict[tuple[Any, ...], Page] = OrderedDict()
_making: dict[tuple[Any, ...], threading.Event] = {}
_lock = threading.Lock()
PATIENCE = 1.0
"""Seconds for which one waits for who makes the page already. Made by each, it would take all of them as long."""


class KeptForVisitors(ContextMixin, View):
    """Stands first among a view's parents. The page may hold CSRF tokens, and nothing else of one visitor alone."""

    is_kept = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key(request)
        if key is None:
            return super().dispatch(request, *args, **kwargs)
        page = _find_or_begin(key)
        if page is not None:
            return _for(request, HttpResponse(page.content, headers=dict(page.headers)))
        self.is_kept = True
        try:
            return self._make(key, request, *args, **kwargs)
        finally:
            _end(key)

    def _make(self, key: tuple[Any, ...], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if not isinstance(response, HttpResponse):
            return response
        if not getattr(response, "is_rendered", True):
            response.render()  # type: ignore[attr-defined]
        if response.status_code == 200 and not response.cookies:
            headers = tuple(response.headers.items())
            _keep(key, Page(time.monotonic() + settings.PAGE_KEPT_MS / 1000, response.content, headers))
        return _for(request, response)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        token = {"csrf_token": PLACE} if self.is_kept else {}
        return super().get_context_data(**kwargs) | token


def _key(request: HttpRequest) -> tuple[Any, ...] | None:
    """By what a visitor's page may differ from another's: None where it is for one reader only."""
    address = request.get_full_path()
    if not settings.PAGE_KEPT_MS or request.method != "GET" or len(address) > MOST_CHARS:
        return None
    if any(name in request.COOKIES for name in OWN):
        return None
    reader = cast(Reader, request)
    return request.scheme, request.get_host(), address, request.LANGUAGE_CODE, reader.theme, reader.zones


def _find_or_begin(key: tuple[Any, ...]) -> Page | None:
    """None where the caller is to make it."""
    with _lock:
        page = _find(key)
        made = _making.get(key)
        if page is None and made is None:
            _making[key] = threading.Event()
    if page is not None or made is None:
        return page
    made.wait(PATIENCE)
    with _lock:
        return _find(key)


def _find(key: tuple[Any, ...]) -> Page | None:
    page = _pages.get(key)
    if page is not None and page.until <= time.monotonic():
        del _pages[key]
        return None
    return page


def _end(key: tuple[Any, ...]) -> None:
    with _lock:
        made = _making.pop(key, None)
    if made is not None:
        made.set()


def _keep(key: tuple[Any, ...], page: Page) -> None:
    with _lock:
        _pages[key] = page
        while len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)


def _for(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if PLACE.encode() in response.content:
        response.content = response.content.replace(PLACE.encode(), get_token(request).encode())
    return response
