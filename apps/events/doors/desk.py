"""The base of every admin of the organisers' desk: its rows, choices and permissions are those of their events."""

from enum import IntEnum
from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, Q, QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField, I18nTextField
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES

from apps.audit import selectors as audit
from apps.audit.models import Entry
from apps.core.rows import row_number
from apps.events import permissions, selectors
from apps.events.doors import bulk, scope
from apps.events.doors.acting import before_and_after, kept, record_unwatched
from apps.events.doors.languages import LongTexts, ShortTexts
from apps.events.doors.lists import BoundedPaginator, HistoryPaginator, InWords
from apps.events.doors.of_event import OfItsEvent
from apps.events.doors.tables import TakesTables
from apps.events.doors.writing import careful, columns_of, write
from apps.events.models import Event
from apps.events.registry.work import Part

A_PAGE = 100
"""Acts on a page of the history of a row."""


class Desk(IntEnum):
    """The parts of the desk, in the order of the work."""

    EVENTS = 1
    AGENDA = 2
    PEOPLE = 3
    CONTENT = 4
    LIVE = 5
    QUIZZES = 6
    TALK = 7
    PLATFORM = 8

    @property
    def title(self) -> Any:
        return {
            Desk.EVENTS: _("My events"),
            Desk.AGENDA: _("Agenda"),
            Desk.PEOPLE: _("People"),
            Desk.CONTENT: _("Content"),
            Desk.LIVE: _("Live"),
            Desk.QUIZZES: _("Quizzes"),
            Desk.TALK: _("Conversations"),
            Desk.PLATFORM: _("Platform"),
        }[self]

    @property
    def part(self) -> Part | None:
        """To which part of an event's work its lists belong."""
        return {
            Desk.EVENTS: Part.SET_UP,
            Desk.AGENDA: Part.AGENDA,
            Desk.PEOPLE: Part.PEOPLE,
            Desk.CONTENT: Part.CONTENT,
            Desk.LIVE: Part.LIVE,
            Desk.QUIZZES: Part.LIVE,
            Desk.TALK: Part.LIVE,
        }.get(self)


class ScopedRelatedFilter(RelatedDropdownFilter):  # type: ignore[misc]
    """Offers what the reader's own rows hold, never the names of other organisations."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        held = model_admin.get_queryset(request).order_by().values(f"{self.field_path}__pk")
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": held})


class _Scoped:
    """What admins and their inlines share: permissions by event, and choices of the same event only."""

    model: type[Model]
    admin_site: Any
    may_add: ClassVar[bool] = True
    may_change: ClassVar[bool] = True
    may_delete: ClassVar[bool] = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.can_use_desk(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and permissions.can_use_desk(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and permissions.can_use_desk(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and permissions.can_use_desk(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if db_field.name == "organisation" and field is not None:
            offered = list(field.queryset.order_by("pk")[:2])
            if len(offered) == 1:  # nobody chooses from one thing
                field.initial = offered[0].pk
        return self._of_the_event(field, request)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        return self._of_the_event(field, request)

    def _of_the_event(self, field: Any, request: Any) -> Any:
        """A field that looks its choices up as somebody types asks for those of the form's event."""
        event_id = getattr(request, "desk_event_id", None)
        if field is not None and event_id is not None and isinstance(field.widget, AutocompleteMixin):
            address = f"{field.widget.get_url()}?event={event_id}"
            setattr(field.widget, "get_url", lambda: address)  # noqa: B010 - one widget of one form, not its class
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not isinstance(db_field, I18nCharField | I18nTextField):
            field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
            if db_field.name in ("event", "organisation") and hasattr(field.widget, "can_add_related"):
                # One chooses where a row belongs; events and organisations are made on their own pages.
                field.widget.can_add_related = field.widget.can_change_related = False
                field.widget.can_view_related = field.widget.can_delete_related = False
            return field
        # One line for each language, in the desk's clothes; the theme's own widget knows one language only.
        is_long = isinstance(db_field, I18nTextField)
        field = db_field.formfield(widget=LongTexts if is_long else ShortTexts)
        field.widget.offered = self._languages(request)
        for widget in field.widget.widgets:
            widget.attrs["class"] = " ".join(TEXTAREA_CLASSES if is_long else INPUT_CLASSES)
            if is_long:
                widget.attrs["rows"] = 4
        return field

    @staticmethod
    def show_languages_of(request: Any, event: Event) -> None:
        """For a page of one event that is not the form of a row."""
        request.desk_languages = event.offered_languages
        request.desk_event_id = event.pk

    @staticmethod
    def _languages(request: Any) -> list[str] | None:
        """Of the event that the form's row belongs to. One query a request."""
        event_id = getattr(request, "desk_event_id", None)
        if event_id is None:
            return None
        if not hasattr(request, "desk_languages"):
            event = Event.objects.filter(pk=event_id).only("languages", "default_language").first()
            request.desk_languages = event.offered_languages if event else None
        languages: list[str] | None = request.desk_languages
        return languages

    def _choices(self, db_field: Any, request: Any, narrowed: QuerySet[Any] | None) -> QuerySet[Any]:
        related = db_field.remote_field.model
        event_id = None if db_field.name == "event" else getattr(request, "desk_event_id", None)
        allowed = scope.rows(related, request.user, self.admin_site, event_id=event_id)
        return allowed if narrowed is None else narrowed.filter(pk__in=allowed.order_by().values("pk"))


class OrganisationScopedAdmin(OfItsEvent, _Scoped, TakesTables, ModelAdmin):  # type: ignore[misc]
    """Say `event_path`, the lookup that leads from a row to its event, and where in the desk it stands.

    An event of a row that exists is shown, not changed. Lists are filtered by event through
    `?event__id__exact=`, and new rows begin in the event that the organiser is working on.
    """

    event_path: ClassVar[str] = "event"
    desk: ClassVar[Desk | None] = Desk.CONTENT
    """None keeps it out of the sidebar: it is reached from another page."""
    desk_position: ClassVar[int] = 50
    icon: ClassVar[str] = "description"
    """A name of Material Symbols."""

    when_empty: ClassVar[Any] = None
    """What an empty list says: what will stand there."""
    add_words: ClassVar[Any] = None
    """What the button of an empty list says."""

    may_delete_many: ClassVar[bool] = True
    """Whether a bulk action deletes. Where it depends on the row whether it may go, rows go one by one."""
    asks_first: ClassVar[frozenset[str]] = frozenset()
    """The bulk actions that are done once somebody said yes: they reach people, or cannot be taken back."""
    asks_itself: ClassVar[frozenset[str]] = frozenset()
    """The bulk actions with a page of their own that asks, since it wants to know more than yes."""
    done_at_once: ClassVar[dict[str, str]] = {}
    """The bulk actions that neither ask nor are taken back, each with the reason why they need not."""
    records_itself: ClassVar[bool] = False
    """Whether its services keep on record what is done to rows that no trigger watches."""
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {}
    """By bulk action: the one that takes it back, and what the rows were before."""

    list_per_page = 50
    paginator: type[BoundedPaginator] = BoundedPaginator
    list_filter_submit = True
    show_full_result_count = False
    warn_unsaved_form = True
    compressed_fields = True

    class Media:
        js = (Script("events/desk-address.js", type="module"),)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.can_use_desk(request.user)

    def view_on_site(self, obj: Any) -> str | None:
        """Straight to the page: the admin's own redirect would tell of objects that are not the reader's."""
        page = getattr(obj, "get_absolute_url", None)
        return str(page()) if page else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        user: Any = request.user
        event_id = self._looked_up_for(request)
        if user.is_superuser and event_id is None:
            return queryset
        return scope.narrowed(queryset, user, self.admin_site, event_id=event_id)

    @staticmethod
    def is_lookup(request: HttpRequest) -> bool:
        """Whether a field of another form asks for choices."""
        return request.path == reverse("admin:autocomplete")

    def _looked_up_for(self, request: HttpRequest) -> int | None:
        """The event of the form whose field asks for choices; None on every other page."""
        return row_number(request.GET.get("event")) if self.is_lookup(request) else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[InWords]:
        return InWords

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Tells the list whether it was narrowed by more than the event, and where the whole of it is."""
        changelist = super().get_changelist_instance(request)
        event = f"{self.event_path}__id__exact"
        changelist.is_narrowed = bool(set(changelist.params) - {event})
        changelist.whole_url = f"?{event}={request.GET[event]}" if event in request.GET else "?"
        changelist.has_active_filters = changelist.is_narrowed
        changelist.way_back = bulk.way_back(self, request)
        if not changelist.is_narrowed:
            changelist.full_result_count = changelist.result_count
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Remembers how the row was read, so that what is written of it is what was changed."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            found.desk_before = columns_of(found)
        return found

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            write(obj, before=getattr(obj, "desk_before", None), named=form.changed_data)
        else:
            super().save_model(request, obj, form, change)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """What is changed in the list itself is named by the head of its column to the eye alone; here to everybody."""
        formset = super().get_changelist_formset(request, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)
        return formset

    def get_list_display(self, request: HttpRequest) -> Any:
        """Where the list is of one event, no column repeats that event's name."""
        shown = super().get_list_display(request)
        is_of_one = f"{self.event_path}__id__exact" in request.GET
        return [name for name in shown if name != "event"] if is_of_one else shown

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Relations and choices as compact, scoped menus, unless the admin says otherwise."""
        return [self._menu(entry) for entry in super().get_list_filter(request)]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Addresses filter by what the list offers. Django lets them ask about any column of the row, letter by letter:
        the text of a mail that is not sent yet, a secret address, the hash of a password."""
        offered = [str(self.date_hierarchy), *(self._parameter(entry) for entry in self.get_list_filter(request))]
        if not any(lookup == name or lookup.startswith(f"{name}__") for name in (*offered, "id", "pk")):
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    @staticmethod
    def _parameter(entry: Any) -> str:
        name = getattr(entry, "parameter_name", None) or (entry[0] if isinstance(entry, list | tuple) else entry)
        return str(name)

    def _menu(self, entry: Any) -> Any:
        if not isinstance(entry, str):
            return entry
        field: Any = None
        model: Any = self.model
        for step in entry.split("__"):
            field = model._meta.get_field(step)
            model = field.related_model
        if isinstance(field, Field) and field.is_relation:
            return entry, ScopedRelatedFilter
        return (entry, ChoicesDropdownFilter) if field.choices else entry

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None and self.event_path == "event" and "event" not in fields:
            fields.append("event")
        return fields

    # What was done here ------------------------------------------------------------------------------------------
    def get_actions(self, request: HttpRequest) -> Any:
        """Each bulk action is kept once it is done, with how many rows of which event were chosen for it."""
        return {
            name: (kept(bulk.guarded(action, name)), name, words)
            for name, (action, _name, words) in super().get_actions(request).items()
            if self.may_delete_many or name != "delete_selected"
        }

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        record_unwatched(self, [obj], Entry.Kind.MADE)

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> Any:
        request.desk_sides = before_and_after(form)
        return super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        record_unwatched(self, [obj], Entry.Kind.CHANGED, sides=getattr(request, "desk_sides", None))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        record_unwatched(self, queryset, Entry.Kind.DELETED)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """What was done to a row, and to what belongs to it."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        event_id = self._event_id(request, thing)
        return self.in_its_zone(request, event_id, lambda: self._history(request, thing, extra_context))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """Another's object is not there, like one that never was; Django would lead to the desk's first page."""
        raise Http404

    def _history(self, request: HttpRequest, thing: Any, extra_context: Any) -> TemplateResponse:
        acts = audit.of_thing(selectors.acts_seen_by(request.user), thing)
        page = HistoryPaginator(acts, A_PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done: %(thing)s") % {"thing": thing},
            "opts": self.opts,
            "object": thing,
            "entries": audit.told(page.object_list),
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.after_save(request, form.instance, change=change)

    def after_save(self, request: HttpRequest, obj: Any, *, change: bool) -> None:
        """Called inside the transaction, once the row and everything inside its form is saved: tell who must know."""


class _ScopedLines(_Scoped):
    formset: type

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs.setdefault("formset", careful(self.formset))
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]


class ScopedInline(_ScopedLines, StackedInline):  # type: ignore[misc]
    extra = 0


class ScopedTabularInline(_ScopedLines, TabularInline):  # type: ignore[misc]
    extra = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The head of a column names its fields to the eye alone; here they are named to everybody."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and field.label:
            field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        return field
