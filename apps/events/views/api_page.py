"""The page about the API, drawn from its own description; nothing is fetched from elsewhere."""

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.core import describing, scopes
from apps.core.access import Access

METHODS = ("get", "post", "put", "patch", "delete")
ABOUT: dict[str, Promise] = {
    "events": _("Events"),
    "organising": _("Organising"),
    "registrations": _("Registrations"),
    "team": _("Roles and members"),
    "programme": _("The agenda, for organisers"),
    "webhooks": _("Webhooks"),
    "sign_in": _("Ways to sign in"),
    "audit": _("What staff did"),
    "people": _("People"),
    "profile": _("Your profile"),
    "account": _("Your account"),
    "agenda": _("Agenda"),
    "chat": _("Conversations"),
    "moderation": _("Moderation"),
    "polls": _("Polls"),
    "questions": _("Questions"),
    "quizzes": _("Quizzes"),
    "expo": _("Expo"),
    "files": _("Files"),
}


class ApiPage(TemplateView):
    """What the API can do: its calls by area, with their parameters, answers and an example."""

    access = Access.ANYONE
    template_name = "events/api.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = _groups(translation.get_language() or "")
        shown = [{"area": area, "name": ABOUT.get(area, area), "calls": calls} for area, calls in groups]
        return super().get_context_data(groups=shown, scopes=scopes.SCOPES, **kwargs)


@lru_cache(maxsize=describing.LANGUAGES_KEPT)
def _groups(language: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """[(area, its calls)], in the order in which the areas are named."""
    found: dict[str, list[dict[str, Any]]] = {area.value: [] for area in scopes.Area}
    for path, methods in describing.description()["paths"].items():
        for method in METHODS:
            if method in methods:
                call = methods[method]
                found.setdefault(call["tags"][0], []).append(_call(path, method, call))
    return [(area, calls) for area, calls in found.items() if calls]


def _call(path: str, method: str, call: dict[str, Any]) -> dict[str, Any]:
    needed = [scope for way in call.get("security", ()) for scope in way.get("token", ())]
    body, kind = _body(call)
    return {
        "id": call["operationId"],
        "method": method.upper(),
        "path": path,
        "words": str(call.get("description", "")).strip(),
        "scope": needed[0] if needed else "",
        "is_open": {} in call.get("security", ()),
        "parameters": [_parameter(part) for part in call.get("parameters", ())],
        "fields": describing.fields_of(body) if body else [],
        "answers": _answers(call["responses"]),
        "curl": _curl(path, method, call, body, kind),
    }


def _parameter(part: dict[str, Any]) -> dict[str, Any]:
    kind = describing.kind_of(part.get("schema", {}))
    must = part.get("required", False)
    return {"name": part["name"], "place": part["in"], "kind": kind, "must": must, "words": part.get("description", "")}


def _body(call: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The schema of what it takes, and in which format; both empty where it takes nothing."""
    content = call.get("requestBody", {}).get("content", {})
    for kind in ("application/json", "multipart/form-data"):
        if kind in content:
            return content[kind].get("schema", {}), kind
    return {}, ""


def _answers(responses: dict[str, Any]) -> list[dict[str, Any]]:
    """Each with an example and its fields, or the codes of a refusal."""
    found = []
    for status, told in sorted(responses.items()):
        examples, fields, codes = [], [], []
        for kind in told.get("content", {}).values():
            examples += [example["value"] for example in kind.get("examples", {}).values()]
            for part in kind.get("schema", {}).get("allOf", ()):
                codes += part.get("properties", {}).get("code", {}).get("enum", ())
            if status < "300":
                fields = _names(kind.get("schema", {}))
        drawn = json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
        words = "" if codes else str(told.get("description", ""))
        found.append({"status": status, "words": words, "codes": codes, "fields": fields, "example": drawn})
    return found


def _names(schema: dict[str, Any]) -> list[str]:
    """The fields of an answer; of a page or a list, those of its rows."""
    known = describing.resolved(schema)
    parts = known.get("properties", {})
    if {"next", "results"} <= parts.keys():
        return ["next", "previous", *(f"results[].{name}" for name in _names(parts["results"]))]
    return _names(known["items"]) if known.get("type") == "array" else list(parts)


def _curl(path: str, method: str, call: dict[str, Any], body: dict[str, Any], kind: str) -> str:
    asked = [
        f"{part['name']}={describing.sample_of(part.get('schema', {}))}"
        for part in call.get("parameters", ())
        if part["in"] == "query" and part.get("required")
    ]
    address = settings.SITE_URL + path + ("?" + "&".join(asked) if asked else "")
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}'{address}'"]
    lines.append("-H 'Authorization: Bearer pln_…'")
    if method != "get":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if kind == "application/json":
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(describing.sample_of(body), ensure_ascii=False)}'")
    elif kind:
        lines += [f"-F {field['name']}=@…" for field in describing.fields_of(body)]
    return " \\\n  ".join(lines)
