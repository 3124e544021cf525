"""Bulk actions of the desk: what reaches people or cannot be taken back asks first; of the rest the list offers the way
back, for a while."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import lookup_field, model_format_dict
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import states

KEY = "desk_way_back"
LASTS = timedelta(minutes=10)
MOST = 500
NAMED = 20
TABLES = frozenset({"export_csv", "export_xlsx"})
"""These only take away what can be read."""

Row = TypeVar("Row")
Made = TypeVar("Made")
Kept = TypeVar("Kept", bound=Model)


def guarded(action: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The action as its admin wants it: `asks_first` names those that ask, `taken_back_by` what takes it back."""

    @wraps(action)
    def act(desk: Any, request: HttpRequest, chosen: QuerySet[Any]) -> Any:
        if name not in TABLES and _has_put_away(desk, chosen):
            messages.error(request, states.archived().message)
            return None
        if name in desk.asks_first and "confirmed" not in request.POST:
            return _ask(desk, request, chosen, name, words_of(desk, action))
        back, ids = _back(desk, chosen, name)
        answer = action(desk, request, chosen)
        if isinstance(answer, TemplateResponse):
            return answer  # it asks for more, and nothing is done yet
        if ids:
            until = (clock.now() + LASTS).timestamp()
            request.session[KEY] = {"model": desk.model._meta.label_lower, "action": back, "ids": ids, "until": until}
        elif KEY in request.session:
            del request.session[KEY]
        return answer

    return act


def words_of(desk: Any, action: Callable[..., Any]) -> str:
    return str(getattr(action, "short_description", None) or action.__name__) % model_format_dict(desk.opts)


def way_back(desk: Any, request: HttpRequest) -> dict[str, Any] | None:
    """What a list offers: the action that takes the last one back, and the rows it was done to."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("model") != desk.model._meta.label_lower:
        return None
    if clock.now().timestamp() > kept.get("until", 0) or kept.get("action") not in desk.actions:
        return None
    return {**kept, "path": request.path, "field": ACTION_CHECKBOX_NAME}


def each(
    request: HttpRequest, rows: Iterable[Row], deed: Callable[[Row], Made], *, name: Callable[[Row], str]
) -> list[Made]:
    """What the deed gave of each row. What is refused is told with the row's name, and holds up no other."""
    given = []
    for row in rows:
        try:
            given.append(deed(row))
        except Refused as refused:
            messages.error(request, f"{name(row)}: {refused.message}")
    return given


def first(request: HttpRequest, chosen: QuerySet[Kept], *, most: int = MOST) -> list[Kept]:
    """As many rows as are dealt with in one request; that others were left is told."""
    rows = list(chosen[: most + 1])
    if len(rows) > most:
        said = _("Up to %(most)s at once: the others are left as they were. Choose them again.")
        messages.warning(request, said % {"most": Number(most)})
    return rows[:most]


def _has_put_away(desk: Any, chosen: QuerySet[Any]) -> bool:
    """Whether some of the rows are of an archived event, in which nothing changes."""
    if not desk.closes_with_event():
        return False
    state = "state" if desk.event_path == "pk" else f"{desk.event_path}__state"
    return bool(chosen.order_by().filter(**{f"{state}__in": states.read_only()}).exists())


def _back(desk: Any, chosen: QuerySet[Any], name: str) -> tuple[str, list[int]]:
    """Only where it takes back all that was done: of every row that was chosen it is known what it was before."""
    back, before = desk.taken_back_by.get(name, ("", None))
    if not back:
        return "", []
    ids = list(chosen.filter(before).values_list("pk", flat=True)[: MOST + 1])
    return (back, ids) if len(ids) <= MOST and len(ids) == chosen.count() else ("", [])


def _ask(desk: Any, request: HttpRequest, chosen: QuerySet[Any], name: str, words: str) -> TemplateResponse:
    first = desk.get_list_display(request)[0]
    count = chosen.count()
    context = {
        **desk.admin_site.each_context(request),
        "title": _("Are you sure?"),
        "words": words,
        "count": count,
        "named": [lookup_field(first, row, desk)[2] for row in chosen[:NAMED]],
        "more": max(0, count - NAMED),
        "action": name,
        "field": ACTION_CHECKBOX_NAME,
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/are_you_sure.html", context)
