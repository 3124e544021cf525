"""Moves the demo that exists to now: whoever starts it on another day finds it running, and nothing in it is lost."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Model, Q, Value, When
from django.db.models.functions import Least

from apps.core import clock
from apps.events.models import Event
from apps.tracks import services as tracks
from apps.tracks.models import Session
from apps.venue.demo import content, times

NEARLY_OVER = timedelta(minutes=5)
PROGRAMME = (Event, Session)
"""What may lie ahead; whatever else happened has happened, and stays in the past."""


def has_passed(event: Event) -> bool:
    """Whether it was made as a running event, and the session that ran then is over by now."""
    main = _main_session(event)
    return event.state == Event.State.LIVE and main is not None and main.ends_at - NEARLY_OVER <= clock.now()


@transaction.atomic
def renew(event: Event) -> None:
    """The whole event moves by one span: the programme, and what people did in it."""
    main = _main_session(event)
    if main is None:
        return
    now = clock.now()
    wanted = times.clock_for(times.When.LIVE, now)
    by = wanted.zero - main.starts_at
    name = content.read("event")["name"]
    was_called = f"{name} {main.starts_at.year}"
    for model, path in _paths().items():
        rows = model._base_manager.filter(**{path: event.pk})
        moved = {field: _moved(model, field, by, now) for field in _moments(model)}
        if moved:
            rows.update(**moved)
    event.refresh_from_db()
    event.time_zone = wanted.zone
    if str(event.name) == was_called:
        event.name = f"{name} {wanted.zero.year}"
    event.save(update_fields=["time_zone", "name"])
    tracks.agenda_edited(event_id=event.pk, session_ids=event.sessions.values_list("pk", flat=True))


def _main_session(event: Event) -> Session | None:
    """The one from whose beginning the programme's times count."""
    rows = content.read("sessions")["session"]
    slug = max((row for row in rows if row["at"] == row["day"] == 0), key=lambda row: row["for"])["slug"]
    found: Session | None = event.sessions.filter(slug=slug).first()
    return found


def _moments(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)]


def _moved(model: type[Model], field: str, by: timedelta, now: datetime) -> Any:
    shifted = F(field) + by
    if model in PROGRAMME:
        return shifted
    is_ahead = When(Q(**{f"{field}__gt": now}), then=shifted)
    is_unset = When(Q(**{f"{field}__isnull": True}), then=Value(None))
    return Case(is_unset, is_ahead, default=Least(shifted, Value(now)), output_field=DateTimeField())


def _paths() -> dict[type[Model], str]:
    """Every table of ours whose rows lead to an event, with the lookup that leads there, shortest first."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    found: dict[type[Model], str] = {Event: "pk"}
    reached = [Event]
    while reached:
        step: list[Any] = []
        for model in ours:
            for field in model._meta.concrete_fields:
                if model not in found and field.related_model in reached:
                    lead = found[field.related_model]
                    found[model] = field.name if lead == "pk" else f"{field.name}__{lead}"
                    step.append(model)
        reached = step
    return found
