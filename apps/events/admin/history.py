"""What staff did, to be read and searched; nobody adds, changes or deletes anything here."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.decorators import display
from unfold.utils import parse_date_str

from apps.audit import selectors as audit
from apps.audit.models import Entry
from apps.events import selectors
from apps.events.doors import Desk, OrganisationScopedAdmin, columns
from apps.events.doors.lists import Chosen, HistoryPaginator, OfEvent
from apps.events.doors.tables import slug_of_event

MOST_SHOWN = 3
LABELS = {"made": "success", "changed": "info", "deleted": "danger", "done": "primary"}


class OfPerson(Chosen):
    title = _("who")
    parameter_name = "person"
    column = "who_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        user: Any = request.user
        return [(str(pk), email) for pk, email in selectors.staff_known_to(user)]


class OfModel(DropdownFilter):  # type: ignore[misc]
    title = _("to what")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        offered = {
            model._meta.label_lower: audit.model_name(model._meta.label_lower)
            for model, desk in model_admin.admin_site._registry.items()
            if getattr(desk, "desk", None) is not None and model is not Entry
        }
        return sorted(offered.items(), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class OfDays(RangeDateFilter):  # type: ignore[misc]
    """Both days with it, in the zone of the desk; the theme's own knows no zones."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        for end, lookup, days in (("from", "at__gte", 0), ("to", "at__lt", 1)):
            day = parse_date_str(str(self.used_parameters.get(f"at_{end}") or ""))
            if day is not None:
                begin = timezone.make_aware(datetime.combine(day, time.min)) + timedelta(days=days)
                queryset = queryset.filter(**{lookup: begin})
        return queryset


@admin.register(Entry)
class EntryAdmin(OrganisationScopedAdmin):
    event_path = "event_id"
    desk = Desk.EVENTS
    desk_position = 40
    icon = "history"
    when_empty = _("Who changed what, and how it was before, stands here from the first change on.")
    may_add = may_change = may_delete = False
    paginator = HistoryPaginator
    list_display = ("at", "who", "kind_label", "what", "changes", "by_way_of")
    table = columns(
        at="at", who="who", what="kind", to_what="model", row="thing", words="words", door="door",
        address="shown_address", event=slug_of_event(), before="before", after="after",
    )  # fmt: skip
    list_filter = (OfEvent, OfPerson, "kind", OfModel, "door", ("at", OfDays))
    search_fields = ("words",)
    search_help_text = _("What it is called, or the address of who did it.")
    fields = ("at", "who", "kind", "what", "all_changes", "door", "place", "shown_address")
    readonly_fields = fields
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        user: Any = request.user
        return selectors.acts_seen_by(user)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Entry], words: str
    ) -> tuple[QuerySet[Entry], bool]:
        return audit.found(rows, words), False

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return lookup in ("at_from", "at_to") or super().lookup_allowed(lookup, value, request)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        for told in audit.told(changelist.result_list):
            told.entry.told = told  # type: ignore[attr-defined]
        return changelist

    @staticmethod
    def _told(entry: Any) -> audit.Told:
        found: audit.Told = getattr(entry, "told", None) or audit.told([entry])[0]
        return found

    @display(description=_("what"), label=LABELS)  # type: ignore[untyped-decorator]
    def kind_label(self, entry: Entry) -> tuple[str, str]:
        return entry.kind, entry.get_kind_display()

    @admin.display(description=_("to what"))
    def what(self, entry: Entry) -> str:
        told = self._told(entry)
        return ": ".join(filter(None, (told.model, told.words)))

    @admin.display(description=_("before and after"))
    def changes(self, entry: Entry) -> str:
        """The first few; the entry's own page has them all."""
        changes = self._told(entry).changes
        shown = lines(changes[:MOST_SHOWN])
        return format_html("{}…", shown) if len(changes) > MOST_SHOWN else shown

    @admin.display(description=_("before and after"))
    def all_changes(self, entry: Entry) -> str:
        return lines(self._told(entry).changes) or "–"

    @admin.display(description=_("network address"))
    def shown_address(self, entry: Any) -> str:
        """Not to guests."""
        return str(entry.shown_address)

    @admin.display(description=_("by way of"))
    def by_way_of(self, entry: Any) -> str:
        return " · ".join(filter(None, (entry.get_door_display(), entry.shown_address)))


def lines(changes: list[audit.Change]) -> str:
    """A line a field."""
    rows = ((change.field, change.before, change.after) for change in changes)
    return format_html_join("", '<p class="desk-change"><b>{}</b> <del>{}</del> → <ins>{}</ins></p>', rows)
