"""What the API's description says of a call: the shape of its answer, an example, and the refusals it may give.

Answers are the values that the socket carries too (msgspec structs), so their shapes are read from these and cannot
drift from what is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.fields import empty
from rest_framework.serializers import BaseSerializer

from apps.core import paging, repeats
from apps.core.access import Access
from apps.core.scopes import READS

F = TypeVar("F", bound=Callable[..., Any])

PROBLEM_TYPE = "application/problem+json"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Problem details (RFC 9457): what happened, and what to do. Nothing was changed.",
    "required": ["type", "code", "title", "status"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "code": {"type": "string", "description": "Stable: to be compared by programs."},
        "title": {"type": "string", "description": "For people, in the language of Accept-Language."},
        "status": {"type": "integer"},
        "field": {"type": "string", "description": "The field of the body that it is about, where it is about one."},
        "errors": {
            "type": "object",
            "description": 'What is wrong, by where it stands: "options.2.text". What is about the whole: "body".',
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
REF = {"$ref": "#/components/schemas/Problem"}


def shape(kind: Any) -> dict[str, Any]:
    """The JSON schema of a type that msgspec knows, in one piece."""
    (found,), parts = msgspec.json.schema_components([kind], ref_template="{name}")
    whole: dict[str, Any] = _whole(found, parts)
    return whole


def _whole(schema: Any, parts: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_whole(part, parts) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(parts[schema["$ref"]], parts)
    return {name: _whole(part, parts) for name, part in schema.items() if name != "discriminator"}


PAGING = (
    OpenApiParameter("cursor", str, description="Where the page begins: take it from `next` or `previous`, as it is."),
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, description="How many at most."
    ),
)
"""What a list asks in its address that is cut by `paging.Pages` and not drawn from a serializer."""


def page_shape(kind: Any) -> dict[str, Any]:
    """The JSON schema of a page of these."""
    return paging.page_shape({"type": "array", "items": shape(kind)})


def page_example(value: Any) -> dict[str, Any]:
    return {"next": "https://events.example.org/api/v1/…/?cursor=cD0y", "previous": None, "results": [value]}


def documented(
    operation_id: str,
    *,
    gives: Any = None,
    status: int = 200,
    example: Any = None,
    takes: Any = empty,
    asks: Sequence[Any] | None = None,
    refuses: Mapping[int, Sequence[str]] | None = None,
) -> Callable[[F], F]:
    """Describes a method of an API view. `gives` is the type, schema or serializer of its answer (None: empty),
    `example` one such value, `takes` and `asks` the serializers of its body and its address, `refuses` its codes by
    status."""
    examples = None
    if getattr(gives, "many", False) and isinstance(example, list):
        example = example[0]  # one of the rows: the framework makes the list around it
    if example is not None:
        examples = [OpenApiExample("Example", value=msgspec.to_builtins(example), response_only=True)]
    if gives is None:
        answers: dict[Any, Any] = {204: OpenApiResponse(description="Done; there is nothing to say.")}
    else:
        told = gives if isinstance(gives, dict) or _is_serializer(gives) else shape(gives)
        answers = {status: OpenApiResponse(told, description="Done.", examples=examples)}
    for refused, codes in (refuses or {}).items():
        answers[refused, PROBLEM_TYPE] = OpenApiResponse(
            {"allOf": [REF, {"properties": {"code": {"enum": list(codes)}}}]}, description=", ".join(codes)
        )
    described: Callable[[F], F] = extend_schema(
        operation_id=operation_id, request=takes, responses=answers, parameters=list(asks) if asks else None
    )
    return described


def _is_serializer(kind: Any) -> bool:
    return isinstance(kind, BaseSerializer) or (isinstance(kind, type) and issubclass(kind, BaseSerializer))


KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": repeats.MOST_KEY},
    OpenApiParameter.HEADER,
    description="Made by the caller, new for each wish. Sent again within a day, the call is answered as before and not"
    " done again; the answer then has the header `Idempotent-Replayed`.",
)
FIELDS = OpenApiParameter(
    "fields",
    str,
    description="Only these fields, with commas between them: the others are left out, also those that"
    " are always there otherwise. One that does not exist is refused (400).",
)


class CallSchema(AutoSchema):
    """What is the same for many calls and follows from how their view is made: area, key, fields, and for whom."""

    def get_tags(self) -> list[str]:
        area = getattr(self.view, "area", None)
        return [area.value] if area else ["platform"]

    def get_override_parameters(self) -> list[Any]:
        is_write = self.method not in READS
        found = [KEY] if is_write and getattr(self.view, "takes_keys", False) else []
        return [*found, FIELDS] if not is_write and getattr(self.view, "is_sparse", False) else found

    def get_auth(self) -> list[Any]:
        found: list[Any] = super().get_auth()
        is_open = getattr(self.view, "access", None) in (Access.PUBLIC, Access.ANYONE)
        return [*found, {}] if is_open and {} not in found else found


REFUSALS = {
    400: "What was sent is not understood: `errors` says where.",
    401: "Not signed in, or the token is not known: `not_authenticated`, `token.invalid`.",
    403: "Not for this person, or not for this token: `permission_denied`, `token.scope`, `token.event`. For staff"
    " without a second step, `second_factor.missing`; while one looks as somebody else, `preview.looks_only`.",
    404: "Not there, or not for this reader: `not_found`.",
    406: "JSON is spoken here.",
    409: "Not now, or not any more: the code says why; in the archive nothing changes (`event.archived`). With"
    " Retry-After: try again then.",
    413: "More than is taken here.",
    415: "This kind of body is not read here.",
    422: "The Idempotency-Key came with another body before: `idempotency.other_body`.",
    429: "Too often: `throttled`, or a code of the call's own. Retry-After says when to come back.",
}
ALWAYS = {
    400: ["invalid", "parse_error"],
    401: ["not_authenticated", "token.invalid"],
    403: ["permission_denied", "token.scope", "token.event"],
    404: ["not_found"],
    406: ["not_acceptable"],
    413: ["too_much"],
    415: ["unsupported_media_type"],
    429: ["throttled"],
}
WHEN_REPEATED = {
    400: ["idempotency.key"],
    409: ["idempotency.running", "idempotency.too_long"],
    422: ["idempotency.other_body"],
}
"""The codes that any call may answer, and those of a write with an Idempotency-Key."""
BELOW: dict[str, dict[int, list[str]]] = {
    "{event}": {
        403: ["second_factor.missing", "preview.looks_only", "preview.closed"],
        404: ["event.gone"],
        409: ["event.archived"],
    },
    "{organisation}": {403: ["second_factor.missing"]},
}
"""And those of any call about an event or an organisation, by how its address names it."""
OF_WRITES = frozenset({409, 413, 415, 422})
LATER = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer", "minimum": 1}}}


def with_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Says of every call what any of its kind may answer instead, besides the codes that are its own."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path, methods in result["paths"].items():
        about = [codes for part, codes in BELOW.items() if part in path]
        for method, call in methods.items():
            is_write = method.upper() not in READS
            for status, words in REFUSALS.items():
                if status in OF_WRITES and not is_write:
                    continue
                told = {"description": words, "content": {PROBLEM_TYPE: {"schema": REF}}}
                found = call["responses"].setdefault(str(status), told)
                always = [ALWAYS, *about, *([WHEN_REPEATED] if is_write else [])]
                _add_codes(found, [code for codes in always for code in codes.get(status, ())])
                if status == 429:
                    found.setdefault("headers", LATER)
    return result


def _add_codes(refusal: dict[str, Any], codes: Sequence[str]) -> None:
    """To the codes that the call says are its own."""
    for part in refusal["content"][PROBLEM_TYPE]["schema"].get("allOf", ()):
        own = part.get("properties", {}).get("code", {}).get("enum")
        if own is not None:
            own.extend(code for code in codes if code not in own)
