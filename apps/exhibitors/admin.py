"""The organisers' desk for the expo: booths with their people and documents, and what was asked."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.widgets import UnfoldAdminColorInputWidget

from apps.core.words import Number
from apps.events import services as events
from apps.events.doors import (
    ComesByFile,
    Desk,
    OrganisationScopedAdmin,
    RefusedBeside,
    ScopedTabularInline,
    columns,
)
from apps.events.models import Event
from apps.exhibitors import selectors, services
from apps.exhibitors.forms import BoothLine
from apps.exhibitors.models import Booth, BoothDocument, BoothStaff, ContactRequest


class StaffInline(ScopedTabularInline):
    model = BoothStaff
    autocomplete_fields = ("user",)
    verbose_name_plural = _("people at the booth")


class DocumentInline(ScopedTabularInline):
    model = BoothDocument
    ordering_field = "position"
    hide_ordering_field = True


@admin.register(Booth)
class BoothAdmin(RefusedBeside, ComesByFile, OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 30
    icon = "storefront"
    when_empty = _("A booth is an exhibitor’s own small site, with its people and documents.")
    add_words = _("Add a booth")
    list_display = ("name", "event", "asked", "waiting", "position", "is_published")
    list_filter = ("event", "is_published")
    list_select_related = ("event",)
    search_fields = ("name", "slug")
    inlines = (StaffInline, DocumentInline)
    line = BoothLine
    table = columns(
        event="event__slug", name="name", tagline="tagline", description="description", website="website",
        is_published="is_published", position="position", asked="asked_count", waiting="waiting_count",
    )  # fmt: skip
    actions = ("show", "hide")
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {
        "show": ("hide", Q(is_published=False)),
        "hide": ("show", Q(is_published=True)),
    }
    fieldsets = (
        (None, {"fields": ("event", "name", "slug", "tagline", "description", "website")}),
        (_("How it looks"), {"fields": ("brand", "logo", "cover", "film")}),
        (_("In the expo"), {"fields": ("position", "is_published")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "brand":
            kwargs["widget"] = UnfoldAdminColorInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def keep_lines(self, owner: Event, rows: Any, *, by: Any) -> int:
        return services.bring_booths(owner, [row for _line, row in rows])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booth]:
        waiting = Q(contact_requests__handled_at__isnull=True, contact_requests__isnull=False)
        found: QuerySet[Booth] = super().get_queryset(request)
        return found.annotate(
            asked_count=Count("contact_requests", distinct=True),
            waiting_count=Count("contact_requests", filter=waiting, distinct=True),
        )

    @admin.action(description=_("Show in the expo"))
    def show(self, request: HttpRequest, chosen: QuerySet[Booth]) -> None:
        count = services.publish_booths(chosen, is_published=True)
        said = ngettext("One booth is shown.", "%(count)s booths are shown.", count)
        messages.success(request, said % {"count": Number(count)})

    @admin.action(description=_("Take out of the expo"))
    def hide(self, request: HttpRequest, chosen: QuerySet[Booth]) -> None:
        count = services.publish_booths(chosen, is_published=False)
        said = ngettext("One booth is not shown any more.", "%(count)s booths are not shown any more.", count)
        messages.success(request, said % {"count": Number(count)})

    @admin.display(description=pgettext_lazy("number of contact requests", "asked"), ordering="asked_count")
    def asked(self, booth: Any) -> int:
        return int(booth.asked_count)

    @admin.display(description=_("waiting"), ordering="waiting_count")
    def waiting(self, booth: Any) -> int:
        return int(booth.waiting_count)

    def save_model(self, request: HttpRequest, obj: Booth, form: Any, change: bool) -> None:
        """In `save_related`: its people are held before it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        lines = [line for formset in formsets if formset.model is BoothStaff for line in formset.forms]
        kept = [line.cleaned_data for line in lines if line.has_changed() and not line.cleaned_data.get("DELETE")]
        people = [given["user"] for given in kept]
        events.hold_people(people)
        services.check_count(form.instance.event, 0 if change else 1)
        super().save_model(request, form.instance, form, change)
        super().save_related(request, form, formsets, change)
        for person in people:
            services.add_staff(form.instance, user=person)
        if any(isinstance(row, BoothStaff) for formset in formsets for row in formset.deleted_objects):
            said = _("Whoever you took off the booth is still an exhibitor. To end that too, delete their role.")
            messages.info(request, said)


@admin.register(ContactRequest)
class ContactRequestAdmin(OrganisationScopedAdmin):
    event_path = "booth__event"
    desk = Desk.CONTENT
    desk_position = 31
    icon = "contact_mail"
    when_empty = _("What visitors ask at the booths stands here.")
    may_add = may_change = False
    list_display = ("name", "company", "booth", "created_at", "handled_at")
    list_filter = ("booth__event", "booth", ("handled_at", admin.EmptyFieldListFilter))
    list_select_related = ("booth__event",)
    search_fields = ("name", "email", "company", "message")
    date_hierarchy = "created_at"
    fields = ("booth", "name", "email", "company", "message", "created_at", "answer", "answered_by", "handled_at")
    readonly_fields = fields
    table = staticmethod(selectors.export_rows)
