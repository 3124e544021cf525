"""Announcements at the desk: said once, to everybody who is there."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.events import services
from apps.events.doors import Desk, OrganisationScopedAdmin
from apps.events.models import Announcement


@admin.register(Announcement)
class AnnouncementAdmin(OrganisationScopedAdmin):
    desk = Desk.LIVE
    desk_position = 10
    icon = "campaign"
    when_empty = _("What you announce stands in the lobby, and is read out to those who use a screen reader.")
    add_words = _("Announce something")
    may_change = False
    list_display = ("words", "event", "by", "created_at")
    list_filter = ("event",)
    search_fields = ("text",)
    list_select_related = ("event", "by")
    fields = ("event", "text")

    @admin.display(description=_("text"))
    def words(self, announcement: Announcement) -> str:
        return str(announcement)

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        user: Any = request.user
        said = services.announce(obj.event, text=obj.text, by=user)
        obj.pk, obj.seq = said.pk, said.seq

    def delete_model(self, request: HttpRequest, obj: Announcement) -> None:
        services.withdraw_announcement(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> None:
        for announcement in queryset:
            services.withdraw_announcement(announcement)
