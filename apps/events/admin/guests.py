"""Guest lists at the desk: what a file reads like, and what became of each line."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.core.doors import table_answer
from apps.core.errors import Refused
from apps.events import selectors, services
from apps.events.doors import Desk, OrganisationScopedAdmin
from apps.events.doors.acting import record_export
from apps.events.models import GuestList

SHOWN_ROWS = 100


@admin.register(GuestList)
class GuestListAdmin(OrganisationScopedAdmin):
    desk = Desk.PEOPLE
    desk_position = 15
    icon = "upload_file"
    when_empty = _("Lists of people that you invite by file stand here, with what became of each line.")
    may_add = may_change = False
    list_display = ("name", "state", "people", "invited", "refused", "created_at", "event")
    list_filter = ("event", "state")
    search_fields = ("name",)
    list_select_related = ("event",)
    table = staticmethod(selectors.guest_rows)

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuestList]:
        found: QuerySet[GuestList] = super().get_queryset(request)
        return found.defer("rows", "problems")

    @admin.display(description=_("not invited"))
    def refused(self, guests: GuestList) -> int:
        return guests.refused + guests.wrong

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/invite/", view(self.invite_view), name="events_guestlist_invite"),
            path("<int:pk>/report/", view(self.report_view), name="events_guestlist_report"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        guests = self._mine(request, object_id)
        return self.in_its_zone(request, guests.event_id, lambda: self._page(request, guests))

    def _page(self, request: HttpRequest, guests: GuestList) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": guests.name,
            "here": True,
            "opts": self.opts,
            "guests": guests,
            "rows": guests.rows[:SHOWN_ROWS] if guests.state == GuestList.State.READ else (),
            "problems": selectors.guest_lines(guests, result="wrong", limit=SHOWN_ROWS) if guests.wrong else (),
            "refusals": selectors.guest_lines(guests, result="refused", limit=SHOWN_ROWS) if guests.refused else (),
        }
        return TemplateResponse(request, "admin/events/guestlist/list.html", context)

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        guests = self._mine(request, str(pk))
        user: Any = request.user
        if request.method == "POST":
            try:
                services.invite_guests(guests, by=user)
            except Refused as refused:
                messages.error(request, refused.message)
            else:
                messages.success(request, _("They are being invited. This page says how far it is."))
        return redirect("admin:events_guestlist_change", pk)

    def report_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        guests = self._mine(request, str(pk))
        form = request.GET.get("form", "")
        rows = list(selectors.guest_report(guests))  # now, in the reader's language
        answer = table_answer(rows, name=f"guests-{guests.pk}", form=form)
        record_export(answer, guests.event, words=str(_("Took a table away")))
        return answer

    def _mine(self, request: HttpRequest, pk: str) -> GuestList:
        guests: GuestList | None = self.get_object(request, pk)
        if guests is None or not self.has_view_permission(request, guests):
            raise Http404
        return guests
