"""Closed groups at the organisers' desk: who made them, and how many people are in."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.chat.models import Group
from apps.events.doors import Desk, OrganisationScopedAdmin, columns


@admin.register(Group)
class GroupAdmin(OrganisationScopedAdmin):
    desk = Desk.TALK
    desk_position = 37
    icon = "groups"
    when_empty = _("People make closed groups under “Your conversations”; their names stand here, not what is said.")
    may_add = False
    may_change = False
    may_delete = False
    list_display = ("name", "event", "made_by", "people", "created_at")
    table = columns(event="event__slug", name="name", made_by="made_by__name", people="joined", made="created_at")
    list_filter = ("event",)
    search_fields = ("name", "made_by__name", "members__user__name")
    list_select_related = ("event", "made_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        joined = Count("members", filter=Q(members__joined_at__isnull=False))
        groups: QuerySet[Group] = super().get_queryset(request)
        return groups.annotate(joined=joined)

    @admin.display(description=_("people"), ordering="joined")
    def people(self, group: Any) -> int:
        return int(group.joined)
