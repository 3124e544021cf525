"""How the API is spoken to: who comes in, how often, in which formats, and how lists are cut."""

from typing import Any

REST: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.doors.bearer.Bearer",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.paging.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "apps.core.schemas.CallSchema",
    "DEFAULT_PARSER_CLASSES": [
        "apps.core.parsing.Json",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "apps.core.doors.api_exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        f"apps.core.throttles.{name}" for name in ("VisitorRate", "PersonRate", "TokenRate", "TokensRate")
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min", "token": "300/min", "tokens": "900/min"},
}
