"""What is done at the desk to many files at once: a folder, tags, who may download them, the trash and back."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import DropdownFilter

from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.core.words import Number
from apps.events.doors import scope
from apps.events.doors.bulk import MOST
from apps.events.models import Event
from apps.media import selectors, services
from apps.media.forms import DownloadForm, MoveForm, TagForm
from apps.media.models import Asset

Deed = Callable[[Event, list[str], dict[str, Any]], int]


class Tagged(DropdownFilter):  # type: ignore[misc]
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        events = Event.objects.run_by(request.user)
        if asked := row_number(request.GET.get("event__id__exact")):
            events = events.filter(pk=asked)
        return [(tag, tag) for tag in selectors.tags_of(events)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(tags__contains=[value[: Asset.TAG_LENGTH]]) if value else queryset


class SortsFiles:
    """The bulk actions of the list of files."""

    admin_site: Any
    opts: Any
    actions = ("move_to_folder", "add_tags", "remove_tags", "set_download", "to_trash", "restore")
    asks_itself = frozenset({"move_to_folder", "add_tags", "remove_tags", "set_download"})
    taken_back_by: ClassVar[dict[str, tuple[str, Q]]] = {"to_trash": ("restore", Q(deleted_at=None))}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        if request.method == "POST" and request.POST.get("action") == "restore":
            # What is taken back is in the trash, and no list but that of the trash shows it.
            user: Any = request.user
            thrown = Asset.every.filter(deleted_at__isnull=False, replaces=None)
            return scope.narrowed(thrown, user, self.admin_site)
        found: QuerySet[Asset] = super().get_queryset(request)  # type: ignore[misc]
        return found

    def get_action_choices(self, request: HttpRequest, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """The way back is offered above the list, and not among the others."""
        choices: list[tuple[str, str]] = super().get_action_choices(request, *args, **kwargs)  # type: ignore[misc]
        return choices if request.method == "POST" else [choice for choice in choices if choice[0] != "restore"]

    @admin.action(description=_("Move to a folder"))
    def move_to_folder(self, request: HttpRequest, chosen: QuerySet[Asset]) -> HttpResponse | None:
        def move(event: Event, keys: list[str], said: dict[str, Any]) -> int:
            return services.move_assets(event, keys, folder=said["folder"])

        return self._sort(request, chosen, "move_to_folder", MoveForm, move)

    @admin.action(description=_("Add tags"))
    def add_tags(self, request: HttpRequest, chosen: QuerySet[Asset]) -> HttpResponse | None:
        def tag(event: Event, keys: list[str], said: dict[str, Any]) -> int:
            return services.add_tags(event, keys, said["tags"])

        return self._sort(request, chosen, "add_tags", TagForm, tag)

    @admin.action(description=_("Remove tags"))
    def remove_tags(self, request: HttpRequest, chosen: QuerySet[Asset]) -> HttpResponse | None:
        def untag(event: Event, keys: list[str], said: dict[str, Any]) -> int:
            return services.remove_tags(event, keys, said["tags"])

        return self._sort(request, chosen, "remove_tags", TagForm, untag)

    @admin.action(description=_("Say who may download"))
    def set_download(self, request: HttpRequest, chosen: QuerySet[Asset]) -> HttpResponse | None:
        def allow(event: Event, keys: list[str], said: dict[str, Any]) -> int:
            return services.set_download(event, keys, said["may_download"])

        return self._sort(request, chosen, "set_download", DownloadForm, allow)

    @admin.action(description=_("Put into the trash"))
    def to_trash(self, request: HttpRequest, chosen: QuerySet[Asset]) -> None:
        count = _each_event(chosen, services.trash_assets)
        said = ngettext(
            "One file is in the trash. It is kept there for 30 days.",
            "%(count)s files are in the trash. They are kept there for 30 days.",
            count,
        )
        messages.success(request, said % {"count": Number(count)})

    @admin.action(description=_("Take back from the trash"))
    def restore(self, request: HttpRequest, chosen: QuerySet[Asset]) -> None:
        count = _each_event(chosen, services.restore_assets)
        said = ngettext("One file is back.", "%(count)s files are back.", count)
        messages.success(request, said % {"count": Number(count)})

    def _sort(
        self, request: HttpRequest, chosen: QuerySet[Asset], name: str, shape: type[forms.Form], deed: Deed
    ) -> HttpResponse | None:
        """Asks what to do with them, then does it. Folders are an event's own, so the files must be of one."""
        rows = list(chosen.select_related("event").order_by("pk")[: MOST + 1])
        events = {row.event_id: row.event for row in rows}
        if len(events) != 1 or len(rows) > MOST:
            said = _("Choose files of one event, %(most)s at most. Nothing was changed.") % {"most": MOST}
            messages.error(request, said)
            return None
        (event,) = events.values()
        form = shape(request.POST if "confirmed" in request.POST else None, event=event)  # type: ignore[call-arg]
        if form.is_valid():
            try:
                count = deed(event, [row.key for row in rows], form.cleaned_data)
            except Refused as refused:
                form.add_error(None, str(refused.message))
            else:
                told = ngettext("One file was changed.", "%(count)s files were changed.", count)
                messages.success(request, told % {"count": Number(count)})
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": getattr(type(self), name).short_description,
            "rows": rows[:20],
            "more": max(0, len(rows) - 20),
            "chosen": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "action": name,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/media/sort.html", context)


def _each_event(chosen: QuerySet[Asset], deed: Callable[[Event, list[str]], int]) -> int:
    """The deed, event by event."""
    keys: dict[int, list[str]] = {}
    for event_id, key in chosen.order_by().values_list("event_id", "key"):
        keys.setdefault(event_id, []).append(key)
    events = Event.objects.in_bulk(keys)
    return sum(deed(events[event_id], found) for event_id, found in keys.items())
