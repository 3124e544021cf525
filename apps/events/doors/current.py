"""The event that an organiser is working on: the desk's lists and forms begin there."""

import zoneinfo
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.events.models import Event

KEY = "desk_event"


def current_event(request: HttpRequest) -> Event | None:
    """The event last opened in the desk, else the next one, among those the person runs. One query a request."""
    holder: Any = request
    if not hasattr(holder, "desk_current"):
        chosen = request.session.get(KEY)
        mine = Event.objects.run_by(request.user)
        found = mine.filter(pk=chosen).first() if isinstance(chosen, int) else None
        holder.desk_current = found or mine.order_by("-starts_at").first()
    current: Event | None = holder.desk_current
    return current


def current_event_id(request: HttpRequest) -> int | None:
    event = current_event(request)
    return event.pk if event else None


def work_on(request: HttpRequest, event: Event) -> None:
    if request.session.get(KEY) != event.pk:
        request.session[KEY] = event.pk
    look_at(request, event)


def look_at(request: HttpRequest, event: Event) -> None:
    """This one page is of the event, and in its zone; the next one begins again where the person works."""
    holder: Any = request
    holder.desk_current = event
    timezone.activate(zoneinfo.ZoneInfo(event.time_zone))
