"""What every door needs: its classification, and one way to render a refusal."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, Throttled
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from apps.core import sheets, tables
from apps.core.access import Access
from apps.core.errors import Refused

F = TypeVar("F", bound=Callable[..., Any])
RETRY_SECONDS = 60


class TooMuch(APIException):
    status_code = 413
    default_detail = _("This is more than is taken here.")
    default_code = "too_much"


def classified(access: Access) -> Callable[[F], F]:
    """Says of a view function who may come in; a class-based view carries `access` itself."""

    def mark(view: F) -> F:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Problem details (RFC 9457) for refusals and for what the REST framework raises itself."""
    if isinstance(error, Refused):
        body: dict[str, Any] = {"type": "about:blank", "code": error.code, "title": str(error.message)}
        body["status"] = error.status
        if error.field:
            body["field"] = error.field
        headers = {"Retry-After": str(max(1, round(error.retry_after)))} if error.retry_after else None
        return Response(body, status=error.status, headers=headers, content_type="application/problem+json")
    if isinstance(error, RequestDataTooBig):
        error = TooMuch()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Throttled) and not response.has_header("Retry-After"):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    problem: dict[str, Any] = {"type": "about:blank", "status": response.status_code}
    if isinstance(error, APIException):
        code = error.get_codes()
        problem["code"] = code if isinstance(code, str) else "invalid"
    else:
        problem["code"] = "not_found" if response.status_code == 404 else "refused"
    detail = response.data
    if isinstance(detail, dict) and set(detail) == {"detail"}:
        problem["title"] = str(detail["detail"])
    else:
        problem["title"] = str(_("Some fields need another look."))
        problem["errors"] = dict(_by_path(detail))
    response.data = problem
    response.content_type = "application/problem+json"
    return response


def _by_path(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """What is wrong by where it stands in the body: `options.2.text`. What is about the whole is under `body`."""
    if isinstance(detail, dict):
        for name, inside in detail.items():
            here = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
            yield from _by_path(inside, ".".join(filter(None, (path, here))))
    elif isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        for number, inside in enumerate(detail):
            if inside:
                yield from _by_path(inside, ".".join(filter(None, (path, str(number)))))
    else:
        yield path or "body", [str(words) for words in (detail if isinstance(detail, list) else [detail])]


def answer(value: Any, *, status: int = 200) -> Response:
    """A payload as it is on the socket; a refusal as a problem."""
    if isinstance(value, Refused):
        raise value
    return Response(msgspec.to_builtins(value), status=status)


def csv_answer(rows: Iterable[Iterable[Any]], *, name: str) -> StreamingHttpResponse:
    """A file to save, sent as it is read; it holds what people said, so no cache keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(tables.csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def table_answer(rows: Iterable[Iterable[Any]], *, name: str, form: str = "csv") -> StreamingHttpResponse:
    """The same as a workbook, where `form` is xlsx. In it texts are texts: there is nothing to make harmless."""
    if form != "xlsx":
        return csv_answer(rows, name=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(sheets.workbook(rows, name=name), content_type=sheets.KIND, headers=headers)


def onward(request: HttpRequest, fallback: str) -> str:
    """Where a posted form wants its reader to go on: its `next`, if that is a page of this site."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return fallback
