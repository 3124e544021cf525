"""The platform's own pages: health, the reader's preferences, the page of components."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core import health, samples
from apps.core.access import Access
from apps.core.doors import classified
from apps.core.middleware import THEMES
from apps.core.problems import is_call, problem

YEAR = 60 * 60 * 24 * 365


@classified(Access.ANYONE)
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@classified(Access.ANYONE)
def readyz(request: HttpRequest) -> HttpResponse:
    missing = health.unready()
    body: dict[str, object] = {"ready": not missing, "missing": missing}
    if state := health.replica_state():
        body["replica"] = state
    return JsonResponse(
        body,
        status=503 if missing else 200,
        headers={"Cache-Control": "no-store"},
    )


@csrf_exempt  # Cookies of display only: a forged request could make a page dark, and public pages stay cacheable.
@require_POST
@classified(Access.ANYONE)
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps what the reader chose (theme, times, language) in a cookie and leads back."""
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if allowed else "/")
    choices = {
        "theme": ("theme", THEMES),
        "times": ("times", ("mine", "event")),
        "language": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    }
    for field, (cookie, values) in choices.items():
        value = request.POST.get(field)
        if value in values:
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@classified(Access.ANYONE)
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for those who build with them, so not in production."""
    if not settings.UI_PAGES:
        raise Http404
    return render(request, "ui/components.html", samples.context())


# What a request comes to that no view answers: a page for people, a problem for programs. Named in the URL map.


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_call(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return problem("too_much", _("This is more than is taken here."), status=413)
    return problem("bad_request", _("This request cannot be read."), status=400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_call(request):
        return defaults.permission_denied(request, exception)
    return problem("permission_denied", _("You may not do this."), status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_call(request):
        return defaults.page_not_found(request, exception)
    return problem("not_found", _("There is no such call. The page at /api/ lists all there are."), status=404)


def broken(request: HttpRequest) -> HttpResponse:
    if not is_call(request):
        return defaults.server_error(request)
    return problem("broken", _("Something broke on our side. Try again in a moment."), status=500)
