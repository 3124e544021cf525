"""Rooms and messages at the organisers' desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.chat import registry, services
from apps.chat.models import Change, Message, Room
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.doors import Desk, OrganisationScopedAdmin


def place_of(room: Room) -> str:
    """The place's name; its bare address where no installed app owns it any more."""
    return registry.kind_of(room).title(room) if registry.is_known(room.owner_kind) else room.owner


@admin.register(Room)
class RoomAdmin(OrganisationScopedAdmin):
    desk = Desk.LIVE
    desk_position = 30
    icon = "forum"
    may_add = False
    may_delete = False
    list_display = ("place", "event", "message_count", "is_open", "slow_seconds")
    list_filter = ("event", "is_open")
    search_fields = ("owner",)
    list_select_related = ("event",)
    fields = ("event", "place", "is_open", "slow_seconds", "display_rate")
    readonly_fields = ("event", "place")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        shown = Count("messages", filter=Q(messages__removed=""))
        rooms: QuerySet[Room] = super().get_queryset(request)
        return rooms.annotate(said=shown)

    @admin.display(description=_("place"), ordering="owner")
    def place(self, room: Room) -> str:
        return place_of(room)

    @admin.display(description=_("messages"), ordering="said")
    def message_count(self, room: Any) -> int:
        return int(room.said)

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        services.set_rules(
            obj,
            is_open=obj.is_open,
            slow_seconds=obj.slow_seconds,
            display_rate=obj.display_rate,
            user_id=request.user.pk,
        )


@admin.register(Message)
class MessageAdmin(OrganisationScopedAdmin):
    event_path = "room__event"
    desk = Desk.LIVE
    desk_position = 31
    icon = "chat"
    may_add = False
    may_delete = False
    may_change = True
    list_display = ("text", "author", "place", "created_at", "removed")
    list_filter = ("room__event", "removed", "author_role")
    search_fields = ("text", "author__name", "author__email")
    list_select_related = ("author", "room__event")
    fields = ("place", "author", "author_role", "text", "created_at", "removed")
    readonly_fields = fields
    date_hierarchy = None
    actions = ("remove_messages",)

    @admin.display(description=_("place"))
    def place(self, message: Message) -> str:
        return place_of(message.room)

    @admin.action(description=_("Remove for everybody"))
    def remove_messages(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        removed = 0
        for message in queryset.filter(removed="").select_related("room__event"):
            try:
                services.remove_message(
                    event_id=message.room.event_id,
                    room_id=message.room_id,
                    message_id=message.pk,
                    user_id=request.user.pk or 0,
                    roles=permissions.roles_of(request.user, message.room.event),
                )
                removed += 1
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
        said = ngettext("%(count)s message is removed.", "%(count)s messages are removed.", removed)
        self.message_user(request, said % {"count": removed}, messages.SUCCESS)


@admin.register(Change)
class ChangeAdmin(OrganisationScopedAdmin):
    """Who did what in the rooms; nothing here can be altered."""

    event_path = "room__event"
    desk = Desk.LIVE
    desk_position = 32
    icon = "history"
    may_add = False
    may_change = False
    may_delete = False
    list_display = ("created_at", "kind", "by", "place", "message")
    list_filter = ("room__event", "kind")
    list_select_related = ("by", "room__event", "message")

    @admin.display(description=_("place"))
    def place(self, change: Change) -> str:
        return place_of(change.room)
