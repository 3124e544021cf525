"""Lists and forms of the desk are pages of one event: in its zone, and it is the one that is worked on."""

import zoneinfo
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.core import zones
from apps.core.rows import row_number
from apps.events import states
from apps.events.doors import scope
from apps.events.doors.current import current_event_id, look_at, work_on
from apps.events.models import Event


def rendered(response: HttpResponse) -> HttpResponse:
    """A page that is written now, while the zone is the right one."""
    page: Any = response
    return page.render() if hasattr(page, "render") and not page.is_rendered else response


class OfItsEvent:
    """What an address, a row or a form says of its event goes before the event that was opened last: with two events
    open in two tabs, each form is read in the zone in which it was written."""

    event_path: ClassVar[str]
    writes_event: ClassVar[bool] = True
    """False where what is done here leaves the event as it is, so that it is done in the archive, too; as over REST."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        show = super().changelist_view  # type: ignore[misc]
        asked = request.GET.get(f"{self.event_path}__id__exact") or request.GET.get("event")
        return self.in_its_zone(request, row_number(asked), lambda: show(request, extra_context))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        show = super().changeform_view  # type: ignore[misc]
        event_id = self.event_id_of_form(request, object_id)
        if request.method == "POST" and self.is_put_away(event_id):
            return self._refuse(request)
        return self.in_its_zone(request, event_id, lambda: show(request, object_id, form_url, extra_context))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and self.is_put_away(self.event_id_of_form(request, object_id)):
            return self._refuse(request)
        response: HttpResponse = super().delete_view(request, object_id, extra_context)  # type: ignore[misc]
        return response

    @classmethod
    def closes_with_event(cls) -> bool:
        """Whether its rows are each of one event, and are part of it."""
        path = cls.event_path
        return cls.writes_event and (path in ("pk", "event") or path.endswith("__event"))

    def is_put_away(self, event_id: int | None) -> bool:
        """Whether the row is of an archived event, in which nothing changes."""
        if not self.closes_with_event() or event_id is None:
            return False
        state = Event.objects.values_list("state", flat=True).filter(pk=event_id).first()
        return state is not None and states.is_read_only(state)

    @staticmethod
    def _refuse(request: HttpRequest) -> HttpResponse:
        messages.error(request, states.archived().message)
        return redirect(request.get_full_path())

    @staticmethod
    def in_its_zone(request: HttpRequest, event_id: int | None, show: Callable[[], HttpResponse]) -> HttpResponse:
        """Shows a page of this event, if the reader runs it; else in the zone that holds already."""
        event = Event.objects.run_by(request.user).filter(pk=event_id).first() if event_id is not None else None
        if event is None:
            return show()
        # A form that is sent off says nothing of what its sender works on by now.
        if request.method == "GET":
            work_on(request, event)
        else:
            look_at(request, event)
        with timezone.override(zoneinfo.ZoneInfo(event.time_zone)):
            return rendered(show())

    @staticmethod
    def in_own_zone(request: HttpRequest, show: Callable[[], HttpResponse]) -> HttpResponse:
        """For what belongs to no event: the zone that its reader chose, else UTC; whatever they worked on last."""
        known: zones.Zones | None = getattr(request, "zones", None)
        with timezone.override(known.own if known and known.own else zoneinfo.ZoneInfo(settings.TIME_ZONE)):
            return rendered(show())

    def event_id_of_form(self, request: HttpRequest, object_id: str | None) -> int | None:
        """Of the row; of a new one, what is chosen in its form, else what its address says."""
        if object_id is None:
            return self._event_id(request, None)
        found: Model | None = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        return self._event_id(request, found) if found is not None else None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)  # type: ignore[misc]
        if self.event_path == "event":
            initial.setdefault("event", current_event_id(request))
        return initial

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        request.desk_event_id = self._event_id(request, obj)
        return super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]

    def _event_id(self, request: HttpRequest, obj: Any) -> int | None:
        if obj is not None:
            return scope.event_id_of(obj, self.event_path.removesuffix("_id"))
        if self.event_path != "event":
            return None
        given = _typed_number(request.POST.get("event") or request.GET.get("event"))
        return current_event_id(request) if given is None else given


def _typed_number(text: str | None) -> int | None:
    """As the form's own field reads it, which takes a blank before it, or a sign: what is chosen beside it would be of
    another event than the one that the row comes to."""
    try:
        return row_number(int(text or ""))
    except ValueError:
        return None
