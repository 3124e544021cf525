"""Duplicating an event at the desk: what it will be called, when it begins, and what goes along."""

import zoneinfo
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events import services
from apps.events.doors import scope
from apps.events.doors.current import work_on
from apps.events.forms import DuplicateForm
from apps.events.models import Event


class DuplicateView:
    """Beside `EventAdmin`, which says whose events these are."""

    admin_site: Any

    def duplicate_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Only for those who may make events: whoever runs this one as a guest would have nowhere to put it."""
        desk: Any = self
        source: Event = desk._mine(request, pk)
        if not desk.has_add_permission(request):
            raise Http404
        user: Any = request.user
        desk.show_languages_of(request, source)
        form = DuplicateForm(
            request.POST or None,
            source=source,
            organisations=scope.organisations_of(user),
            name=desk.formfield_for_dbfield(Event._meta.get_field("name"), request),
        )
        if request.method == "POST" and form.is_valid() and (made := self._duplicated(request, source, form)):
            return made
        context = {
            **self.admin_site.each_context(request),
            "title": format_html("{}: {}", _("Duplicate"), source),
            "event": source,
            "form": form,
            "zone": zoneinfo.ZoneInfo(source.time_zone),
            "back": reverse("admin:events_event_desk", args=[pk]),
        }
        return TemplateResponse(request, "admin/events/event/duplicate.html", context)

    @staticmethod
    def _duplicated(request: HttpRequest, source: Event, form: DuplicateForm) -> HttpResponse | None:
        """To the new event's desk; None where it was refused, and the form says why."""
        said, user = form.cleaned_data, request.user
        try:
            copy = services.duplicate_event(
                source,
                organisation=said["organisation"],
                name=said["name"],
                slug=said["slug"],
                starts_on=said["starts_on"],
                chosen=said["parts"],
                by=user,  # type: ignore[arg-type]
            )
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.message))
            return None
        work_on(request, copy.event)
        messages.success(request, _("Here is the copy. It is a draft: nobody else sees it until you publish it."))
        return redirect("admin:events_event_desk", copy.event.pk)
