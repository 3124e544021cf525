"""Rooms and messages at the organisers' desk."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.chat import registry, services
from apps.chat.forms import RoomRulesForm
from apps.chat.models import Change, Message, Room
from apps.chat.templatetags import moderation as words
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.doors import Desk, OrganisationScopedAdmin, bulk, columns
from apps.events.models import Event


class PlacedAdmin(OrganisationScopedAdmin):
    """Rows that belong to a room; what its place is called is asked once for the whole list."""

    may_add = False
    may_delete = False

    def room_of(self, row: Any) -> Room:
        room: Room = row.room
        return room

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rooms = [self.room_of(row) for row in changelist.result_list]
        titles = registry.titles_of({room.pk: room for room in rooms}.values())
        for room in rooms:
            room.place_title = titles[room.pk]
        return changelist

    @admin.display(description=_("place"))
    def place(self, row: Any) -> str:
        room = self.room_of(row)
        return room.place_title or registry.titles_of([room])[room.pk]


@admin.register(Room)
class RoomAdmin(PlacedAdmin):
    desk = Desk.TALK
    desk_position = 30
    icon = "forum"
    when_empty = _("The lobby, a session or a booth gets its conversation when somebody first opens it.")
    list_display = ("place", "event", "message_count", "is_open", "slow_seconds", "holds")
    table = columns(
        event="event__slug", place="owner", messages="said", open="is_open", pause="slow_seconds",
        holds="holds",
    )  # fmt: skip
    list_filter = ("event", "is_open")
    search_fields = ("owner",)
    list_select_related = ("event",)
    fields = ("event", "place", *RoomRulesForm.Meta.fields)
    form = RoomRulesForm
    readonly_fields = ("event", "place")
    actions = ("close", "open")
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {
        "close": ("open", Q(is_open=True)),
        "open": ("close", Q(is_open=False)),
    }

    @admin.action(description=_("Close for messages"))
    def close(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        self._set_open(request, queryset, is_open=False)

    @admin.action(description=_("Open for messages"))
    def open(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        self._set_open(request, queryset, is_open=True)

    def _set_open(self, request: HttpRequest, queryset: QuerySet[Room], *, is_open: bool) -> None:
        rooms = bulk.first(request, queryset)
        acts = [services.set_rules(room, user_id=request.user.pk, is_open=is_open) for room in rooms]
        changed = sum(act is not None for act in acts)
        said = (
            ngettext("%(count)s conversation is open.", "%(count)s conversations are open.", changed)
            if is_open
            else ngettext("%(count)s conversation is closed.", "%(count)s conversations are closed.", changed)
        )
        self.message_user(request, said % {"count": changed}, messages.SUCCESS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        shown = Count("messages", filter=Q(messages__removed=""))
        rooms: QuerySet[Room] = super().get_queryset(request)
        return rooms.annotate(said=shown)

    def room_of(self, row: Any) -> Room:
        room: Room = row
        return room

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Room | None:
        """Called by its place in the head of the page, too."""
        room: Room | None = super().get_object(request, object_id, from_field)
        if room is not None:
            room.place_title = self.place(room)
        return room

    @admin.display(description=_("messages"), ordering="said")
    def message_count(self, room: Any) -> int:
        return int(room.said)

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        services.set_rules(obj, user_id=request.user.pk, **changed)


@admin.register(Message)
class MessageAdmin(PlacedAdmin):
    event_path = "room__event"
    desk = Desk.TALK
    desk_position = 31
    icon = "chat"
    when_empty = _("What people say in the event’s conversations stands here.")
    list_display = ("text", "author", "place", "created_at", "shown_state")
    table = columns(
        event="room__event__slug", place="room__owner", number="seq", by="author__name", text="text",
        said="created_at", removed="removed", waits="held",
    )  # fmt: skip
    list_filter = ("room__event", "held", "removed", "author_role")
    search_fields = ("text", "author__name", "author__email")
    list_select_related = ("author", "room__event")
    fields = ("place", "author", "author_role", "text", "created_at", "edited_at", "shown_state")
    readonly_fields = fields
    actions = ("remove_messages", "approve", "reject")
    asks_first = frozenset({"remove_messages", "approve", "reject"})

    @admin.display(description=_("shown"))
    def shown_state(self, message: Message) -> str:
        if message.removed:
            return str(_("removed %(by)s") % {"by": message.get_removed_display()})
        if message.held:
            return str(message.get_held_display())
        return str(_("yes") if message.seq is not None else _("not shown, the room was too lively"))

    @admin.action(description=_("Let through"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._decide(request, queryset, approve=True)

    @admin.action(description=_("Reject"))
    def reject(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        self._decide(request, queryset, approve=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Message], *, approve: bool) -> None:
        by_event: dict[Event, list[int]] = {}
        waiting = queryset.filter(held=Message.Held.WAITING, removed="").select_related("room__event")
        for message in bulk.first(request, waiting):
            by_event.setdefault(message.room.event, []).append(message.pk)
        if not by_event:
            self.message_user(request, _("None of these waits for approval."), messages.WARNING)
        for event, found in by_event.items():
            by = services.Actor(event.pk, request.user.pk, permissions.roles_of(request.user, event))
            try:
                act = services.decide(by, messages=found, approve=approve)
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
                continue
            said = words.decided_said(act)
            self.message_user(request, said, messages.SUCCESS)

    @admin.action(description=_("Remove for everybody"))
    def remove_messages(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        removed = 0
        standing = queryset.filter(removed="").select_related("room__event")
        for message in bulk.first(request, standing):
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
class ChangeAdmin(PlacedAdmin):
    """Who did what in the rooms; nothing here can be altered."""

    event_path = "room__event"
    desk = Desk.TALK
    desk_position = 32
    icon = "history"
    when_empty = _("Whatever happens in conversations beside messages stands here: what was removed, changed, pinned.")
    may_change = False
    list_display = ("created_at", "kind", "by", "place", "message")
    table = columns(
        event="room__event__slug", place="room__owner", at="created_at", what="kind", by="by__name",
        message="message__text",
    )  # fmt: skip
    list_filter = ("room__event", "kind")
    search_fields = ("message__text", "by__name")
    list_select_related = ("by", "room__event", "message")
