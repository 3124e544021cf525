"""Rows of a list from a file: a page that says its columns, gives a file to begin with, and tells what is wrong in
which line. All of a file comes in, or nothing of it."""

import zoneinfo
from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from apps.core import by_line, refusing, tables
from apps.core.doors import table_answer
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events import selectors
from apps.events.doors.current import current_event_id
from apps.events.models import Event


class TableForm(forms.Form):
    """Which file, and to whom its rows come."""

    owner = forms.ModelChoiceField(Event.objects.none(), label=_("Event"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(label=_("File"), widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx,text/csv"}))


class ComesByFile:
    """For admins that say `line`, a form for each line, and `keep_lines`, which writes them all or raises Refused."""

    line: ClassVar[type[by_line.LineForm]]
    keep_lines: ClassVar[Callable[..., int]]
    """Called with the owner, the lines with their numbers, and `by`; how many rows came in. Not an abstract method: the
    admin's own metaclass knows none."""
    actions_list = ("by_file",)
    opts: Any
    admin_site: Any

    def owners(self, request: HttpRequest) -> tuple[Any, QuerySet[Any]]:
        """To whom rows may come, and what such a thing is called."""
        return _("Event"), Event.objects.run_by(request.user)

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("file/", view(self.file_view), name=f"{name}_file"),
            path("file/template/", view(self.sheet_view), name=f"{name}_sheet"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    @action(description=_("Add by file"), url_path="by-file", icon="upload_file")  # type: ignore[untyped-decorator]
    def by_file(self, request: HttpRequest) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_file")

    def sheet_view(self, request: HttpRequest) -> StreamingHttpResponse:
        name = f"{self.opts.model_name}s"
        return table_answer(self.line.template(), name=name, form=request.GET.get("form", ""))

    def file_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = self._form(request)
        problems: list[tuple[int, str]] = []
        if request.method == "POST" and form.is_valid():
            owner = form.cleaned_data["owner"]
            with timezone.override(_zone(owner)):
                problems, count = self._bring_in(request, form, owner)
            if count:
                said = ngettext("One row came in.", "%(count)s rows came in.", count)
                messages.success(request, said % {"count": Number(count)})
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return TemplateResponse(request, "admin/by_file.html", self._context(request, form, problems))

    def _form(self, request: HttpRequest) -> TableForm:
        initial = {"owner": current_event_id(request)}
        form = TableForm(request.POST or None, request.FILES or None, initial=initial)
        field: Any = form.fields["owner"]
        field.label, field.queryset = self.owners(request)
        if field.queryset.model is not Event:
            field.initial = form.initial["owner"] = getattr(field.queryset.first(), "pk", None)
        return form

    def _bring_in(self, request: HttpRequest, form: TableForm, owner: Any) -> tuple[list[tuple[int, str]], int]:
        try:
            data = form.cleaned_data["file"].read(by_line.MOST_BYTES + 1)
            found = by_line.read(data, line=self.line, owner=owner)
            if found.problems:
                refusing.heard("file.lines")
                return found.problems, 0
            if isinstance(owner, Event):
                selectors.check_writable(owner)
            return [], self.keep_lines(owner, found.rows, by=request.user)
        except tables.Unreadable as problem:
            words = _("Line %(line)d: %(message)s.") % {"line": problem.line, "message": problem.message}
            form.add_error("file", str(words))
        except Refused as refused:
            form.add_error("file", str(refused.message))
        return [], 0

    def _context(self, request: HttpRequest, form: TableForm, problems: list[tuple[int, str]]) -> dict[str, Any]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        fields = self.line.base_fields
        return {
            **self.admin_site.each_context(request),
            "title": _("Add by file"),
            "here": True,
            "opts": self.opts,
            "form": form,
            "problems": problems,
            "is_cut": len(problems) >= by_line.MOST_PROBLEMS,
            "columns": [
                (head, field.help_text, field.required)
                for head, field in zip(self.line.heads(), fields.values(), strict=True)
            ],
            "most": self.line.most,
            "megabytes": by_line.MOST_BYTES // 1024 // 1024,
            "sheet": f"{name}_sheet",
            "list": f"{name}_changelist",
        }


def _zone(owner: Any) -> zoneinfo.ZoneInfo:
    """Hours in a file are those of its event."""
    return zoneinfo.ZoneInfo(owner.time_zone if isinstance(owner, Event) else "UTC")
