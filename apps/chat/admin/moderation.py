"""Keeping order at the organisers' desk: words, reports, mutes and bans, and the record, which is only read."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.chat import registry, services
from apps.chat.admin.rooms import PlacedAdmin
from apps.chat.models import Act, Report, Room, Sanction, Word
from apps.chat.templatetags.moderation import particulars
from apps.core.errors import Refused
from apps.events import permissions
from apps.events.doors import Desk, OrganisationScopedAdmin, TellsRefusals, bulk, columns
from apps.events.models import Event


def actor(request: HttpRequest, event: Event) -> services.Actor:
    return services.Actor(event.pk, request.user.pk, permissions.roles_of(request.user, event))


@admin.register(Word)
class WordAdmin(TellsRefusals, OrganisationScopedAdmin):
    """One word at a time; whole lists are pasted on the moderators' page."""

    desk = Desk.TALK
    desk_position = 33
    icon = "block"
    when_empty = _("A message that holds a word of this list waits for a moderator, or is refused.")
    add_words = _("Add a word")
    may_change = False
    list_display = ("text", "language", "action", "event")
    table = columns(event="event__slug", word="text", language="language", action="action")
    list_filter = ("event", "language", "action")
    search_fields = ("text",)
    list_select_related = ("event",)
    fields = ("event", "language", "text", "action")

    def save_model(self, request: HttpRequest, obj: Word, form: Any, change: bool) -> None:
        obj.pk = services.add_word(
            actor(request, obj.event), language=obj.language, text=obj.text, action=obj.action
        ).pk

    def delete_model(self, request: HttpRequest, obj: Word) -> None:
        services.remove_words(actor(request, obj.event), words=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Word]) -> None:
        by_event: dict[Event, list[int]] = {}
        for word in queryset.select_related("event"):
            by_event.setdefault(word.event, []).append(word.pk)
        for event, words in by_event.items():
            services.remove_words(actor(request, event), words=words)


@admin.register(Report)
class ReportAdmin(PlacedAdmin):
    event_path = "message__room__event"
    desk = Desk.TALK
    desk_position = 34
    icon = "flag"
    when_empty = _("Nobody has reported a message. What is reported stands here, the newest first.")
    list_display = ("message", "reason", "by", "place", "state", "created_at")
    table = columns(
        event="message__room__event__slug", place="message__room__owner", message="message__text",
        reason="reason", words="text", by="by__name", state="state", reported="created_at",
    )  # fmt: skip
    list_filter = ("message__room__event", "state", "reason")
    search_fields = ("message__text", "text", "by__name")
    list_select_related = ("message__room__event", "by")
    fields = ("message", "place", "reason", "text", "by", "state", "created_at")
    readonly_fields = fields
    actions = ("remove_reported", "dismiss")
    asks_first = frozenset({"remove_reported", "dismiss"})

    def room_of(self, row: Report) -> Room:
        return row.message.room

    @admin.action(description=_("Remove the messages"))
    def remove_reported(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._settle(request, queryset, remove=True)

    @admin.action(description=_("Nothing wrong with them"))
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._settle(request, queryset, remove=False)

    def _settle(self, request: HttpRequest, queryset: QuerySet[Report], *, remove: bool) -> None:
        by_event: dict[Event, set[int]] = {}
        unsettled = queryset.filter(state=Report.State.OPEN).select_related("message__room__event")
        for report in bulk.first(request, unsettled):
            by_event.setdefault(report.message.room.event, set()).add(report.message_id)
        count = 0
        for event, found in by_event.items():
            try:
                services.handle_reports(actor(request, event), messages=sorted(found), remove=remove)
                count += len(found)
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
        if not by_event:
            self.message_user(request, _("Somebody else has looked at this already."), messages.WARNING)
        if count:
            said = ngettext("%(count)s message is settled.", "%(count)s messages are settled.", count)
            self.message_user(request, said % {"count": count}, messages.SUCCESS)


@admin.register(Sanction)
class SanctionAdmin(OrganisationScopedAdmin):
    """Given in the room or on the moderators' page; here they are found, and lifted."""

    desk = Desk.TALK
    desk_position = 35
    icon = "voice_over_off"
    when_empty = _("Nobody was muted or put out. Moderators do that where the message stands.")
    may_add = may_delete = False
    list_display = ("user", "kind", "until", "reason", "created_at", "lifted_at", "event")
    table = columns(
        event="event__slug", name="user__name", kind="kind", until="until", reason="reason",
        given="created_at", lifted="lifted_at",
    )  # fmt: skip
    list_filter = ("event", "kind")
    search_fields = ("user__name", "user__email", "reason")
    list_select_related = ("user", "event")
    fields = ("event", "user", "kind", "until", "reason", "created_at", "lifted_at")
    readonly_fields = fields
    actions = ("lift",)
    asks_first = frozenset({"lift"})

    @admin.action(description=_("Lift"))
    def lift(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> None:
        lifted = 0
        standing = queryset.standing().select_related("event")  # type: ignore[attr-defined]
        for sanction in bulk.first(request, standing):
            try:
                services.lift(actor(request, sanction.event), person_id=sanction.user_id, kind=sanction.kind)
                lifted += 1
            except Refused as refused:
                self.message_user(request, str(refused.message), messages.ERROR)
        said = ngettext("%(count)s is lifted.", "%(count)s are lifted.", lifted) % {"count": lifted}
        self.message_user(request, said, messages.SUCCESS)


@admin.register(Act)
class ActAdmin(OrganisationScopedAdmin):
    """The record, which nobody changes."""

    desk = Desk.TALK
    desk_position = 36
    icon = "gavel"
    when_empty = _("Whatever moderators do stands here, and nobody can change it.")
    may_add = may_change = may_delete = False
    list_display = ("created_at", "kind", "by", "person", "message", "told", "event")
    table = columns(
        event="event__slug", at="created_at", act="kind", by="by__name", person="person__name",
        place="room__owner", message="message__text",
    )  # fmt: skip
    list_filter = ("event", "kind")
    search_fields = ("by__name", "person__name", "message__text")
    list_select_related = ("by", "person", "message", "event", "undoes")
    fields = ("event", "created_at", "kind", "by", "person", "place", "message", "told")
    readonly_fields = fields
    date_hierarchy = "created_at"

    @admin.display(description=_("place"))
    def place(self, act: Act) -> str:
        return registry.titles_of([act.room])[act.room.pk] if act.room else ""

    @admin.display(description=_("particulars"))
    def told(self, act: Act) -> str:
        return str(particulars(act))
