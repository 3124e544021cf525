"""What the API's description says of a call: the shape of its answer, an example, and the refusals it may give.

Answers are the values that the socket carries too (msgspec structs), so their shapes are read from these and cannot
drift from what is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.fields import empty

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
        "errors": {"type": "object", "description": 'With the code "invalid": what is wrong, by field.'},
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
    """Describes a method of an API view. `gives` is the type of its answer (None: an empty one), `example` one such
    value, `takes` and `asks` the serializers of its body and its address, `refuses` its codes by status."""
    examples = None
    if example is not None:
        examples = [OpenApiExample("Example", value=msgspec.to_builtins(example), response_only=True)]
    if gives is None:
        answers: dict[Any, Any] = {204: OpenApiResponse(description="Done; there is nothing to say.")}
    else:
        answers = {status: OpenApiResponse(shape(gives), description="Done.", examples=examples)}
    for refused, codes in (refuses or {}).items():
        answers[refused, PROBLEM_TYPE] = OpenApiResponse(
            {"allOf": [REF, {"properties": {"code": {"enum": list(codes)}}}]}, description=", ".join(codes)
        )
    described: Callable[[F], F] = extend_schema(
        operation_id=operation_id, request=takes, responses=answers, parameters=list(asks) if asks else None
    )
    return described


def with_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Says of every call what any of them may answer instead: not signed in, not allowed, not there, too often."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for methods in result["paths"].values():
        for call in methods.values():
            told = {"description": "Refused: one of its own codes, or `not_authenticated` (401), `permission_denied`"}
            told["description"] += " (403), `not_found` (404), `throttled` (429, with Retry-After)."
            call["responses"].setdefault("default", {**told, "content": {PROBLEM_TYPE: {"schema": REF}}})
    return result
