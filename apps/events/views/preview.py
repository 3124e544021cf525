"""An organiser begins to look at their event as somebody else would, and ends it."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.core.access import Access
from apps.events import permissions
from apps.events.doors import EventView, previewing


class Preview(EventView):
    """Takes `as`: a role, a ticket, or nothing to end it. Meanwhile it is still the organiser's own door."""

    access = Access.ORGANISER
    is_previewed: ClassVar[bool] = False
    reads_primary: ClassVar[bool] = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        preview = previewing.as_whom(self.event, request.POST.get("as", ""))
        if preview is not None:
            previewing.begin(request, self.event, preview.name)
            return redirect("venue:lobby" if preview.roles else "venue:landing", self.event.slug)
        previewing.end(request)
        if permissions.can_use_desk(request.user):
            return redirect("admin:events_event_desk", self.event.pk)
        return redirect(self.event)
