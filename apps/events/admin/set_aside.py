"""Answers that were accepted and could not be written: why, and what to do. Who sent them and what, nobody sees."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.words import Number
from apps.events import selectors
from apps.events.doors import Desk, OrganisationScopedAdmin, bulk, columns
from apps.events.doors.lists import OfEvent
from apps.events.doors.tables import slug_of_event
from apps.events.models import Event
from apps.intake import letters
from apps.intake.models import DeadLetter


@admin.register(DeadLetter)
class DeadLetterAdmin(OrganisationScopedAdmin):
    event_path = "event_id"
    desk = Desk.LIVE
    desk_position = 80
    icon = "move_to_inbox"
    when_empty = _("Answers that could not be counted would wait here for somebody to look. None does.")
    may_add = may_change = may_delete = False
    list_display = ("title", "event_name", "why", "at", "attempts", "tried_at")
    table = columns(
        event=slug_of_event(), what="title", kind="kind", why="reason", code="code", at="at", tries="attempts",
        tried="tried_at",
    )  # fmt: skip
    list_filter = (OfEvent,)
    search_fields = ("title",)
    fields = ("title", "event_name", "why", "detail", "at", "attempts", "created_at", "tried_at")
    readonly_fields = ("event_name", "why", "detail")
    actions = ("try_again", "throw_away")
    asks_first = frozenset({"try_again", "throw_away"})

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        name = Event.objects.filter(pk=OuterRef("event_id")).values("name")[:1]
        found: QuerySet[DeadLetter] = super().get_queryset(request).annotate(of_event=Subquery(name))
        return found

    @admin.display(description=_("event"))
    def event_name(self, letter: Any) -> str:
        return str(letter.of_event or "")

    @admin.display(description=_("what happened"), ordering="code")
    def why(self, letter: DeadLetter) -> str:
        return selectors.why_set_aside(letter)

    @admin.display(description=_("reason"))
    def detail(self, letter: DeadLetter) -> str:
        return selectors.reason_set_aside(letter)

    @admin.action(description=_("Try again: count it where it belongs"))
    def try_again(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        refused = [letters.replay(letter) for letter in bulk.first(request, chosen)]
        failed = sum(refusal is not None for refusal in refused)
        counted = len(refused) - failed
        if counted:
            said = ngettext("%(count)s answer counts now.", "%(count)s answers count now.", counted)
            self.message_user(request, said % {"count": Number(counted)}, messages.SUCCESS)
        if failed:
            said = ngettext(
                "%(count)s answer still cannot be written; it stays here.",
                "%(count)s answers still cannot be written; they stay here.",
                failed,
            )
            self.message_user(request, said % {"count": Number(failed)}, messages.WARNING)

    @admin.action(description=_("Throw away: it will not count"))
    def throw_away(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        thrown = bulk.first(request, chosen)
        self.log_deletions(request, thrown)
        for letter in thrown:
            letters.discard(letter)
        said = ngettext("%(count)s answer was thrown away.", "%(count)s answers were thrown away.", len(thrown))
        self.message_user(request, said % {"count": Number(len(thrown))}, messages.SUCCESS)
