"""What every request brings of its reader (zone, language, theme), which database it reads, and its content policy."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _

from apps.core import addresses, importmap, problems, refusing, replica, router, zones

THEMES = ("light", "dark")
SAFE = ("GET", "HEAD")
MIB = 1024 * 1024
MOST_BYTES = 10 * MIB
"""Of a form: a photo, and the fields beside it."""
MOST_DESK_BYTES = 40 * MIB
"""Of a form at the organisers' desk: a schedule."""


class Reader(HttpRequest):
    """What the middleware below adds to a request."""

    theme: str
    zones: zones.Zones
    asked_language: str
    """By the address (`?lang=de`), for this one answer."""


class ReaderMiddleware:
    """Sets `request.theme` and `request.zones`, and activates the reader's language and zone.

    Stands after authentication and Django's LocaleMiddleware. What the address asks for wins over a choice made here
    (a cookie), that over the profile, the profile over what the browser says. Pages of an event settle the zone anew:
    `zones.settle`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reader = cast(Reader, request)
        cookies = request.COOKIES
        profile_zone = profile_language = ""
        if settings.SESSION_COOKIE_NAME in cookies and request.user.is_authenticated:
            profile_zone, profile_language = request.user.time_zone, request.user.language
        theme = cookies.get("theme", "")
        reader.theme = theme if theme in THEMES else ""
        reader.zones = zones.Zones(
            own=zones.find(profile_zone) or zones.find(cookies.get("tz")), wants_event=cookies.get("times") == "event"
        )
        if profile_language and settings.LANGUAGE_COOKIE_NAME not in cookies:
            translation.activate(profile_language)
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        asked = request.GET.get("lang", "")
        reader.asked_language = asked if asked in dict(settings.LANGUAGES) else ""
        if reader.asked_language:
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        with timezone.override(reader.zones.shown):
            return self.get_response(request)


class AddressMiddleware:
    """Says once where a request comes from: `REMOTE_ADDR` is the visitor, whatever stands between.

    Stands first. What callers wrote about themselves is taken away, so that no library counts by it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        words = request.META
        words["REMOTE_ADDR"] = addresses.client(words.pop("HTTP_X_FORWARDED_FOR", ""), words.get("REMOTE_ADDR", ""))
        return self.get_response(request)


class RefusingMiddleware:
    """What is refused leaves a line in the log. Stands outside of whatever may refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with refusing.Listening() as codes:
            response = self.get_response(request)
            _write(request, response, codes)
        return response


def _write(request: HttpRequest, response: HttpResponseBase, codes: Iterable[str]) -> None:
    """The one line of a request, where something was refused in it. A page that is only looked at may ask what somebody
    may not do, to leave out a button: that is told only where the whole page is refused."""
    said = list(codes)
    if request.method not in SAFE:
        said += _wrong_fields(response)
    is_refused = 400 <= response.status_code < 500
    if not is_refused and (request.method in SAFE or not said):
        return
    found = request.resolver_match
    event = found.kwargs.get("event") if found else None
    refusing.write(
        who=_who(request),
        where=found.view_name if found else "-",
        code=" ".join(said) or f"http.{response.status_code}",
        method=request.method,
        status=response.status_code,
        **({"of": str(event)} if event else {}),
    )


def _who(request: HttpRequest) -> int | None:
    """Whoever the request was known to come from; nobody is looked up for a line."""
    known = request.__dict__.get("_cached_user")
    return known.pk if known is not None else None


def _wrong_fields(response: HttpResponseBase) -> list[str]:
    """Which fields of the page's forms were wrong, by name."""
    context = getattr(response, "context_data", None) or {}
    forms = filter(None, map(_form_in, context.values()))
    wrong = [name for form in forms for name in form._errors or ()]
    return [f"form:{','.join(dict.fromkeys(wrong))}"] if wrong else []


def _form_in(held: Any) -> Any:
    """By its type alone: to ask a lazy thing what it is would read it."""
    kind = type(held)
    if kind.__name__ == "AdminForm":
        return held.form
    return held if issubclass(kind, BaseForm) else None


class PrivateMiddleware:
    """What does not say otherwise is its reader's alone: no shared cache keeps a page or an answer of the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
            patch_vary_headers(response, ["Cookie"])
        return response


class BoundsMiddleware:
    """Refuses what no page of ours sends, before anything is read of it: NUL characters in an address, and bodies
    larger than the largest form. Views that take more, block by block, say so: `takes_large_bodies`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # No page has one in its address, and PostgreSQL knows no text that holds it.
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return _refusal(request, "address", _("This address is not whole."), status=400)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        most = MOST_DESK_BYTES if request.path_info.startswith("/admin/") else MOST_BYTES
        announced = str(request.META.get("CONTENT_LENGTH") or 0)
        if announced.isdecimal() and len(announced) < 16 and int(announced) <= most:
            return None
        if getattr(getattr(view, "view_class", None), "takes_large_bodies", False):
            return None
        return _refusal(request, "too_much", _("This is more than is taken here."), status=413)


def _refusal(request: HttpRequest, code: str, words: str, *, status: int) -> HttpResponse:
    if problems.is_call(request):
        return problems.problem(code, words, status=status)
    return HttpResponse(words, status=status, content_type="text/plain")


class ContentPolicyMiddleware(CSPMiddleware):  # type: ignore[misc]
    """The strict policy of the settings, with the import map's hash.

    The admin alone may evaluate expressions and carry styles inside its pages: its theme does both.
    """

    def get_policy_parts(self, request: HttpRequest, response: HttpResponse, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            added = {"script-src": ["'unsafe-eval'", importmap.source()], "style-src": ["'unsafe-inline'"]}
        else:
            added = {"script-src": [importmap.source()]}
        update = parts.update or {}
        parts.update = update | {name: [*update.get(name, ()), *sources] for name, sources in added.items()}
        return parts


WROTE = "wrote"
WROTE_SECONDS = 15
"""Longer than a replica may be behind and be read (`replica.LAG_SECONDS`, noticed within as much again)."""


class ReplicaMiddleware:
    """Lets a request that only looks read the replica, unless its browser wrote a moment ago.

    Stands last, so that only views read there. Whoever writes gets a cookie for a few seconds, and reads their own
    writes from the primary while they have it. The admin and views that say `reads_primary` always do. A page whose
    replica fails under it is made once more, from the primary.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not replica.is_set():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in SAFE:
            response = self.get_response(request)
            _mark(response, request)
            return response
        if WROTE in request.COOKIES or request.path_info.startswith("/admin/"):
            return self.get_response(request)
        with router.may_read_replica() as reading:
            response = self.get_response(request)
            if reading.failed:
                response = self.get_response(request)
        if reading.wrote:
            _mark(response, request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        found = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        if getattr(found, "reads_primary", False):
            router.use_primary()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        reading = router.current()
        if reading is None or reading.failed or not reading.used:
            return None
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        replica.this.leave(error)
        router.use_primary()
        reading.failed = True
        return HttpResponse(status=503)  # never leaves: `__call__` asks the view again


def _mark(response: HttpResponseBase, request: HttpRequest) -> None:
    response.set_cookie(WROTE, "1", max_age=WROTE_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax")
