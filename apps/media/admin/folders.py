"""Folders of the library at the organisers' desk."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.core.words import Number
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, columns
from apps.media import selectors, services
from apps.media.admin.folder_bar import FOLDER
from apps.media.models import Folder


@admin.register(Folder)
class FolderAdmin(RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 11
    icon = "folder"
    when_empty = _("Folders keep many files in order. What people see of a file does not depend on them.")
    add_words = _("Make a folder")
    may_delete_many = False
    list_display = ("name", "place", "count", "event")
    list_display_links = ("name",)
    list_filter = ("event",)
    search_fields = ("name",)
    fields = ("event", "name", "parent")
    table = columns(event="event__slug", name="name", inside="parent__name", files="file_count")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Folder]:
        rows: QuerySet[Folder] = super().get_queryset(request)
        here = Q(assets__deleted_at=None, assets__replaces=None, assets__isnull=False)
        counted = rows.annotate(file_count=Count("assets", filter=here))
        return counted.select_related("event", "parent__parent__parent__parent")

    @admin.display(description=_("inside"))
    def place(self, folder: Folder) -> str:
        return selectors.path_of(folder.parent) or "–"

    @admin.display(description=_("files"), ordering="file_count")
    def count(self, folder: Any) -> SafeString:
        files = reverse("admin:media_asset_changelist")
        address = f"{files}?event__id__exact={folder.event_id}&{FOLDER}={folder.pk}"
        return format_html('<a class="underline" href="{}">{}</a>', address, Number(folder.file_count))

    def save_model(self, request: HttpRequest, obj: Folder, form: Any, change: bool) -> None:
        if change:
            services.change_folder(obj, name=obj.name, parent=obj.parent)
        else:
            made = services.make_folder(obj.event, name=obj.name, parent=obj.parent)
            obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: Folder) -> None:
        services.remove_folder(obj)
