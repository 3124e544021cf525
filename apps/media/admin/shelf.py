"""The organisation's shelf at the organisers' desk: files for all its events, taken into the one that is open."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, columns
from apps.events.doors.current import current_event
from apps.media import services
from apps.media.admin.files import BUTTON
from apps.media.models import ShelfFile


@admin.register(ShelfFile)
class ShelfFileAdmin(OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 12
    icon = "shelves"
    event_path = "organisation__events"
    may_add: ClassVar[bool] = False
    when_empty = _("Keep a file for all your events on its own page; from here it is taken into another event.")
    list_display = ("title", "kind", "weight", "organisation", "kept_at")
    list_filter = ("kind",)
    search_fields = ("title", "file_name")
    fields = ("title", "organisation", "kind", "weight", "kept_by", "kept_at", "take")
    readonly_fields = ("organisation", "kind", "weight", "kept_by", "kept_at", "take")
    table = columns(organisation="organisation__slug", title="title", kind="kind", file="file_name", bytes="size")

    @admin.display(description=_("size"), ordering="size")
    def weight(self, kept: ShelfFile) -> str:
        return filesizeformat(kept.size)

    @admin.display(description=_("use"))
    def take(self, kept: ShelfFile) -> SafeString:
        address = reverse("admin:media_shelffile_take", args=[kept.pk])
        words = _("Take it into this event")
        return format_html(
            '<button type="submit" formaction="{}" formnovalidate class="{}">{}</button>', address, BUTTON, words
        )

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/take/", self.admin_site.admin_view(self.take_view), name="media_shelffile_take")
        return [own, *super().get_urls()]

    @method_decorator(require_POST)
    def take_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Into the event that the organiser is working on."""
        kept, event = self.get_object(request, str(pk)), current_event(request)
        if kept is None or event is None or event.organisation_id != kept.organisation_id:
            raise Http404
        user: Any = request.user
        try:
            taken = services.take_from_shelf(event, kept, by=user)
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect("admin:media_shelffile_change", pk)
        messages.success(request, _("It is among the files of %(event)s now.") % {"event": event})
        return redirect("admin:media_asset_change", taken.pk)
