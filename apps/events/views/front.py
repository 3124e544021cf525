"""The front page (public events, and one's own), and the page about the API."""

import json
from functools import cache
from typing import Any

from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator

from apps.core.access import Access
from apps.events import permissions, selectors

PREFIX = "/api/v1/"


class ApiPage(TemplateView):
    """What the API can do, drawn from its own description; nothing is fetched from elsewhere."""

    access = Access.ANYONE
    template_name = "events/api.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(groups=_groups(), **kwargs)


@cache
def _groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """[(what it is about, its calls)], read once: the routes of a process don't change."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            words = str(call.get("description", "")).strip()
            parameters = [found for found in call.get("parameters", []) if found["in"] != "path"]
            about = path.removeprefix(PREFIX).strip("/").split("/")
            about = about[2] if len(about) > 2 else about[0]
            groups.setdefault(about, []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "words": words,
                    "parameters": parameters,
                    "fields": _fields(schema, call.get("requestBody", {})),
                    "answers": _answers(call["responses"]),
                }
            )
    return sorted(groups.items())


def _fields(schema: dict[str, Any], body: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """[(name, type, whether it must be given)] of what a call takes."""
    found = body.get("content", {}).get("application/json", {}).get("schema", {})
    named = found.get("$ref", "").rpartition("/")[2]
    shape = schema["components"]["schemas"].get(named, found)
    must = shape.get("required", [])
    return [(name, str(kind.get("type", "")), name in must) for name, kind in shape.get("properties", {}).items()]


def _answers(responses: dict[str, Any]) -> list[tuple[str, str, str]]:
    """[(status, what it says, an example)] of what a call answers; refusals say their codes."""
    found = []
    for status, told in sorted(responses.items()):
        kinds = told.get("content", {}).values()
        examples = [example["value"] for kind in kinds for example in kind.get("examples", {}).values()]
        drawn = json.dumps(examples[0], indent=2, ensure_ascii=False) if examples else ""
        found.append((status, str(told.get("description", "")), drawn))
    return found


class Front(TemplateView):
    access = Access.ANYONE
    template_name = "events/front.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.request.user
        mine = selectors.events_of_person(user)
        return context | {
            "mine": mine,
            "listed": selectors.events_listed(),
            "may_use_desk": permissions.can_use_desk(user) or permissions.lacks_second_factor(user),
        }
