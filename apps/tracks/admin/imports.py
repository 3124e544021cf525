"""Importing a schedule at the desk: upload, look at what would change, then do it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from apps.core.doors import table_answer
from apps.core.errors import Refused
from apps.core.words import said
from apps.events.doors import Desk, OrganisationScopedAdmin, columns
from apps.tracks import services
from apps.tracks.adapters import table_writer
from apps.tracks.adapters.table_columns import COLUMNS
from apps.tracks.forms import ScheduleUploadForm
from apps.tracks.models import ScheduleImport

PAGE = 50
LISTS = (
    ("added", _("Added")),
    ("changed", _("Changed")),
    ("moved", _("Moved")),
    ("removed", _("Removed")),
    ("kept", _("Edited here, kept")),
    ("warnings", _("Warnings")),
)
WHATS = {"session": _("Session"), "speaker": _("Speaker"), "room": _("Room"), "track": _("Track")}


@admin.register(ScheduleImport)
class ScheduleImportAdmin(OrganisationScopedAdmin):
    desk = Desk.AGENDA
    desk_position = 30
    icon = "upload_file"
    when_empty = _("Bring the schedule of another programme. You see what it would change before it does.")
    add_words = _("Import a schedule")
    form = ScheduleUploadForm
    fields = ("event", "file")
    may_change = False
    list_display = ("file_name", "event", "by", "created_at", "applied_at", "summary")
    table = columns(event="event__slug", file="file_name", by="by__email", read="created_at", brought_in="applied_at")
    list_filter = ("event", ("applied_at", admin.EmptyFieldListFilter))
    list_select_related = ("event", "by")
    search_fields = ("file_name",)
    date_hierarchy = "created_at"
    add_form_template = "admin/tracks/import_form.html"
    preview_template = "admin/tracks/import_preview.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("what it changes"))
    def summary(self, row: ScheduleImport) -> str:
        return ", ".join(f"{label} {len(row.report.get(name, ()))}" for name, label in LISTS if row.report.get(name))

    def save_model(self, request: Any, obj: ScheduleImport, form: ScheduleUploadForm, change: bool) -> None:
        kept = services.keep_for_review(
            event=obj.event,
            schedule=form.schedule,
            content=form.content,
            file_name=form.cleaned_data["file"].name,
            by=request.user,
        )
        obj.pk, obj.file_name = kept.pk, kept.file_name

    def response_add(self, request: HttpRequest, obj: ScheduleImport, post_url_continue: str | None = None) -> Any:
        return redirect("admin:tracks_scheduleimport_change", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/apply/", view(self.apply_view), name="tracks_scheduleimport_apply"),
            path("template/", view(self.template_view), name="tracks_scheduleimport_template"),
            *super().get_urls(),
        ]

    def template_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """A table to begin with; what stands in it is an example."""
        return table_answer(table_writer.template(), name="agenda", form=request.GET.get("form", ""))

    def apply_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self._row(request, pk)
        try:
            report = services.apply_import(schedule_import=row)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.ERROR)
        else:
            numbers = report.summary()
            text = _("The agenda is up to date: %(added)d sessions added, %(changed)d changed, %(removed)d removed.")
            self.message_user(request, text % numbers, messages.SUCCESS)
        return redirect("admin:tracks_scheduleimport_change", pk)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if object_id is None:
            extra_context = {"title": _("Import a schedule"), "columns": COLUMNS, **(extra_context or {})}
            return super().changeform_view(request, None, form_url, extra_context)
        if not object_id.isdecimal():
            raise Http404
        row = self._row(request, int(object_id))
        return self.in_its_zone(request, row.event_id, lambda: self._preview(request, row))

    def _row(self, request: HttpRequest, pk: int) -> ScheduleImport:
        row: ScheduleImport | None = self.get_queryset(request).select_related("event", "by").filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def _preview(self, request: HttpRequest, row: ScheduleImport) -> TemplateResponse:
        lengths = {name: len(row.report.get(name, ())) for name, _label in LISTS}
        first = next((name for name, length in lengths.items() if length), "added")
        shown = request.GET.get("list", first)
        if shown not in lengths:
            shown = first
        page = Paginator(row.report.get(shown, ()), PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": row.file_name,
            "import": row,
            "counts": row.report.get("counts", {}),
            "lists": [(name, label, lengths[name]) for name, label in LISTS],
            "shown": shown,
            "page": page,
            "rows": _rows(shown, page.object_list),
            "changes_anything": any(lengths[name] for name in ("added", "changed", "moved", "removed")),
            "apply_url": reverse("admin:tracks_scheduleimport_apply", args=[row.pk]),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, self.preview_template, context)


def _rows(shown: str, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    if shown == "warnings":
        return [{"name": said(entry["message"]), "place": said(entry["place"])} for entry in entries]
    return [
        {
            "what": WHATS.get(entry["what"], ""),
            "name": entry["name"],
            "place": said(entry["place"]),
            "edits": [{name: said(words) for name, words in edit.items()} for edit in entry["edits"]],
        }
        for entry in entries
    ]
