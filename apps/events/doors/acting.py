"""Tells the audit log who acts, and what the desk does without a watched row to show for it."""

from collections.abc import Callable, Iterable
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import model_format_dict
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from apps.audit import context, services, watching
from apps.core.access import beyond_attending
from apps.events import selectors
from apps.events.doors import scope
from apps.events.models import Event

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

TABLES = (
    "text/csv",
    "application/json",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml",
)
MOST_EVENTS = 20
MOST_THINGS = 500
Sides = tuple[dict[str, Any], dict[str, Any]]


def name_staff(user: "User | AnonymousUser", roles: frozenset[str]) -> None:
    """Whoever comes in with a role in the event; whoever only attends is not named."""
    if user.is_authenticated and beyond_attending(roles):
        context.name(who_id=user.pk, who=user.email)


def record_export(response: HttpResponseBase, event: Event, *, words: str) -> None:
    """A table that was taken away from a page for staff: nobody sees that in a row."""
    kind = response.headers.get("Content-Type", "")
    if "attachment" in response.headers.get("Content-Disposition", "") and kind.startswith(TABLES):
        name = response.headers["Content-Disposition"].partition("filename=")[2].strip('"')
        services.record(words, event_id=event.pk, organisation_id=event.organisation_id, after={"file": name})


def name_at_the_desk(user: "User | AnonymousUser") -> None:
    if user.is_authenticated:
        context.name(who_id=user.pk, who=user.email)


def kept(action: Callable[..., Any]) -> Callable[..., Any]:
    """A bulk action that is kept once it is done. One that answers with a page of the desk only asks; where nothing
    was chosen, nothing was done."""

    @wraps(action)
    def act(desk: Any, request: HttpRequest, chosen: QuerySet[Any]) -> Any:
        counts = _counts(desk, chosen)
        answer = action(desk, request, chosen)
        if not isinstance(answer, TemplateResponse):
            words = getattr(action, "short_description", None) or action.__name__
            for event_id, organisation_id, count in counts:
                services.record(
                    str(words) % model_format_dict(desk.opts),
                    model=desk.model._meta.label_lower,
                    event_id=event_id,
                    organisation_id=organisation_id,
                    after={"action": action.__name__, "rows": count},
                )
        return answer

    return act


def _counts(desk: Any, chosen: QuerySet[Any]) -> list[tuple[int | None, int | None, int]]:
    """(event, organisation, rows) of what was chosen. What has no way to an organisation is its event's."""
    rows = Count("pk", distinct=True)
    way = watching.path(desk.model, watching.ORGANISATION)
    if way is not None and way.steps:
        organisation = "__".join(step.name for step in way.steps)
        found = chosen.order_by().values_list(desk.event_path, organisation).annotate(rows=rows)[:MOST_EVENTS]
        return [(event_id, organisation_id, count) for event_id, organisation_id, count in found]
    counts = dict(chosen.order_by().values_list(desk.event_path).annotate(rows=rows)[:MOST_EVENTS])
    organisations = selectors.organisations_of_events([event_id for event_id in counts if event_id])
    return [(event_id, organisations.get(event_id), count) for event_id, count in counts.items()]


def before_and_after(form: Any) -> Sides:
    """What somebody changed in a form, by column, as it was shown and as it came."""
    model = form._meta.model
    columns = {field.name: field.column for field in model._meta.concrete_fields if field.name in form.changed_data}
    before = {column: _plain(form.initial.get(name)) for name, column in columns.items()}
    return before, {column: _plain(form.cleaned_data.get(name)) for name, column in columns.items()}


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Model):
        return value.pk
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def record_unwatched(desk: Any, things: Iterable[Any], kind: str, *, sides: Sides | None = None) -> None:
    """For what Django's admin tells: rows that the triggers do not see."""
    if getattr(desk.model, "is_audited", True) or desk.records_itself:
        return
    before, after = sides or (None, None)
    for thing in islice(things, MOST_THINGS):
        event_id = scope.event_id_of(thing, desk.event_path.removesuffix("_id"))
        organisation = selectors.organisations_of_events([event_id]).get(event_id) if event_id else None
        services.record(
            str(thing),
            thing=thing,
            kind=kind,
            event_id=event_id,
            organisation_id=organisation,
            before=before,
            after=after,
        )
