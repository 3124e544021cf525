"""The API's description, drawn once a process and language: the routes of a process do not change."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

LANGUAGES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Written:
    """As it is sent, with what names this version of it."""

    text: bytes
    tag: str


def description() -> dict[str, Any]:
    """OpenAPI 3.1, in the language of the reader. To be read, not changed."""
    return _description(translation.get_language() or "")


def written(*, as_json: bool) -> Written:
    return _written(translation.get_language() or "", as_json)


@lru_cache(maxsize=LANGUAGES_KEPT)
def _description(language: str) -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@lru_cache(maxsize=2 * LANGUAGES_KEPT)
def _written(language: str, as_json: bool) -> Written:
    renderer: Any = OpenApiJsonRenderer() if as_json else OpenApiYamlRenderer()
    text = renderer.render(_description(language), renderer_context={})
    return Written(text, f'W/"{hashlib.sha256(text).hexdigest()[:32]}"')


def fields_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What an object of this kind has in it: name, kind, whether it must be given, and what is said of it."""
    whole = resolved(schema)
    must = whole.get("required", ())
    return [
        {"name": name, "kind": kind_of(part), "must": name in must, "words": resolved(part).get("description", "")}
        for name, part in whole.get("properties", {}).items()
        if not part.get("readOnly")
    ]


def kind_of(schema: dict[str, Any], depth: int = 0) -> str:
    """In a few words, as types are named in JSON."""
    known = resolved(schema)
    if "enum" in known:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in known["enum"])
    for several in ("oneOf", "anyOf"):
        if several in known and depth < 3:
            return " | ".join(dict.fromkeys(kind_of(part, depth + 1) for part in known[several]))
    kind = known.get("type", "any")
    if isinstance(kind, list):
        return " | ".join(kind)
    if kind == "array" and depth < 3:
        return f"array of {kind_of(known.get('items') or {}, depth + 1)}"
    return f"{kind} ({known['format']})" if "format" in known else str(kind)


def sample_of(schema: dict[str, Any], depth: int = 0) -> Any:
    """A value of this kind, for an example: what must be given, and nothing else."""
    known = resolved(schema)
    for said in ("example", "default", "const"):
        if said in known:
            return known[said]
    if "enum" in known:
        return known["enum"][0]
    for several in ("oneOf", "anyOf"):
        if several in known:
            return sample_of(known[several][0], depth)
    kind = known.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        parts, must = known.get("properties", {}), known.get("required", ())
        writable = {name: part for name, part in parts.items() if not part.get("readOnly")}
        chosen = [name for name in writable if name in must] or list(writable)[:1]
        return {name: sample_of(writable[name], depth + 1) for name in chosen} if depth < 4 else {}
    if kind == "array":
        return [sample_of(known.get("items") or {}, depth + 1)] if depth < 4 else []
    plain = {"integer": max(1, int(known.get("minimum", 1))), "number": 1.5, "boolean": True}
    formats = {"email": "nadia@lakeside.example", "date-time": "2026-05-04T13:31:00Z", "date": "2026-05-04"}
    return plain.get(str(kind), formats.get(str(known.get("format")), "…"))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself, where it only names another; what is written beside the name is kept."""
    inside = [schema, *schema.get("allOf", ())]
    found: dict[str, Any] = {}
    for part in inside:
        if "$ref" in part:
            named = part["$ref"].rpartition("/")[2]
            found |= resolved(description()["components"]["schemas"].get(named, {}))
        found |= {name: value for name, value in part.items() if name not in ("$ref", "allOf")}
    return found
