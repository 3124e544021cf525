"""Problem details (RFC 9457) from doors that are no views of the REST framework: it must not be loaded for them, since
processes begin with the middleware, before they know their models."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse


def problem(
    code: str, title: str, *, status: int, retry_after: float | None = None, field: str | None = None
) -> HttpResponse:
    """The same words as a view of the API would say."""
    body: dict[str, Any] = {"type": "about:blank", "code": code, "title": title, "status": status}
    if field:
        body["field"] = field
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if retry_after:
        response.headers["Retry-After"] = str(max(1, round(retry_after)))
    return response


def is_call(request: HttpRequest) -> bool:
    """Whether a program asks: it reads problems, not pages."""
    return request.path_info.startswith(("/api/v1/", "/api/schema/"))
