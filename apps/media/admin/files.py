"""Files at the organisers' desk: bring them, keep them in order, see how far they are, and where each is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.core import importmap
from apps.core.errors import Refused
from apps.core.rows import row_number
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, columns
from apps.events.doors.lists import InWords
from apps.events.models import Event
from apps.media import selectors, services
from apps.media.admin import chapters
from apps.media.admin.added_sounds import AddsSounds
from apps.media.admin.cutting import CutsFilms
from apps.media.admin.folder_bar import FOLDER, InFolder, folder_bar
from apps.media.admin.overview import clock, overview, picture_of
from apps.media.admin.sorting import SortsFiles, Tagged
from apps.media.admin.trash import HasTrash
from apps.media.admin.versions import HasVersions
from apps.media.forms import ON_TOP
from apps.media.models import Asset

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

BUTTON = (
    "cursor-pointer font-medium rounded-default border border-base-200 px-3 py-1 text-primary-600 "
    "dark:border-base-700 dark:text-primary-500"
)


class FileList(InWords):
    """Knows of each row what shows it, in as many queries for one row as for fifty."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = selectors.usage_counts(self.result_list)
        for asset in self.result_list:
            asset.shown_by = counts[asset.pk]
        self.folder_bar = folder_bar(request)


@admin.register(Asset)
class AssetAdmin(SortsFiles, HasTrash, HasVersions, AddsSounds, CutsFilms, RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 10
    icon = "video_library"
    when_empty = _("Films, pictures and documents of the event stand here once you bring them.")
    add_words = _("Bring files")
    may_delete = False  # it goes into the trash, and from there for good
    form = chapters.AssetForm
    list_display = ("still", "called", "progress", "used", "weight", "created_at", "event")
    table = columns(
        event="event__slug", title="title", kind="kind", state="state", file="file_name", bytes="size",
        seconds="seconds", width="width", height="height", folder="library_folder__name", public="is_public",
        download="may_download", brought="created_at",
    )  # fmt: skip
    list_display_links = ("called",)
    list_filter = ("event", "kind", "state", InFolder, Tagged)
    list_before_template = "admin/media/folder_bar.html"
    list_select_related = ("event", "job", "file_job", "encoding", "library_folder__parent__parent__parent__parent")
    search_fields = ("title", "file_name", "tags", "library_folder__name")
    date_hierarchy = "created_at"
    actions_list = ("open_trash",)
    fields = ("event", "title", "library_folder", "tags", "may_download", "is_public")
    when_played = ("chapters_text",)

    class Media:
        css = {"all": ("media/upload-file.css", "media/library.css")}
        js = (
            importmap.Tag(),
            Script("media/asset-progress.js", type="module"),
            Script("media/upload-file.js", type="module"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        found: QuerySet[Asset] = super().get_queryset(request)
        return found.select_related("event", "job", "file_job", "encoding", "pages", "library_folder")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """Of one event nobody needs to be told which."""
        shown = list(super().get_list_display(request))
        return [name for name in shown if name != "event" or "event__id__exact" not in request.GET]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A folder with nothing in it is empty, and not a search that found nothing."""
        changelist = super().get_changelist_instance(request)
        changelist.is_narrowed = bool(set(changelist.params) - {"event__id__exact", FOLDER})
        return changelist

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FileList]:
        return FileList

    def get_fields(self, request: HttpRequest, obj: Asset | None = None) -> tuple[str, ...]:
        return (*self.fields, *self.when_played) if obj and obj.is_played else self.fields

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if field := form.base_fields.get("library_folder"):
            field.empty_label = str(ON_TOP)
            field.label_from_instance = selectors.path_of
            field.queryset = field.queryset.select_related("parent__parent__parent__parent")
        return form

    def save_model(self, request: HttpRequest, obj: Asset, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        form.save_chapters()

    # Bringing files -----------------------------------------------------------------------------------------------
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        events = list(Event.objects.run_by(request.user).order_by("-starts_at")[:100])
        asked = str(request.GET.get("event") or self.get_changeform_initial_data(request).get("event") or "")
        event = next((one for one in events if str(one.pk) == asked), events[0] if events else None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Bring files"),
            "events": events,
            "event": event,
            "upload": selectors.upload_place(event) if event else None,
            "folders": [(folder.pk, selectors.path_of(folder)) for folder in selectors.folders(event)] if event else [],
            "folder": row_number(request.GET.get("folder")),
            "room": selectors.room(event) if event else None,
            "unfinished": selectors.unfinished_uploads(event, by=request.user) if event else [],
            "open": reverse("admin:media_asset_change", args=[0]),
            "media": self.media,
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/media/upload.html", context)

    @action(description=_("Trash"), url_path="open-trash", icon="delete")  # type: ignore[untyped-decorator]
    def open_trash(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.urlencode()
        return redirect(f"{reverse('admin:media_asset_trash')}{'?' if asked else ''}{asked}")

    # What a row shows -----------------------------------------------------------------------------------------------
    @admin.display(description=_("picture"))
    def still(self, asset: Asset) -> SafeString:
        return render_to_string("admin/media/still.html", {"asset": asset, "url": picture_of(asset)})

    @admin.display(description=_("title"), ordering="title")
    def called(self, asset: Asset) -> SafeString:
        """Its title, and in small what tells it from others of the name."""
        length = clock(asset.seconds) if asset.seconds else ""
        facts = (asset.get_kind_display(), length, selectors.path_of(asset.library_folder))
        return render_to_string("admin/media/called.html", {"asset": asset, "facts": [one for one in facts if one]})

    @admin.display(description=_("state"), ordering="state")
    def progress(self, asset: Asset) -> SafeString:
        return _progress(asset, reload=False)

    @admin.display(description=_("size"), ordering="size")
    def weight(self, asset: Asset) -> str:
        return filesizeformat(asset.size)

    @admin.display(description=_("shown in"))
    def used(self, asset: Any) -> str:
        return ", ".join(f"{count} × {what}" for what, count in asset.shown_by.items())

    # Its own page ---------------------------------------------------------------------------------------------------
    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        asset: Asset | None = kwargs.get("obj")
        shown = {**context, "overview": overview(asset) if asset else None}
        response: HttpResponse = super().render_change_form(request, shown, *args, **kwargs)
        return response

    # Stopping, and trying again ------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        retry = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry_view), name="media_asset_retry")
        cancel = path("<int:pk>/cancel/", self.admin_site.admin_view(self.cancel_view), name="media_asset_cancel")
        return [retry, cancel, *super().get_urls()]

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask_job(request, pk, services.prepare_again, _("It is being prepared again."))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask_job(request, pk, services.cancel_transcode, _("Its preparation was stopped."))

    def ask_job(
        self, request: HttpRequest, pk: int, call: Callable[[Asset], object], words: "_StrPromise"
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self.get_queryset(request).filter(pk=pk).first()
        if asset is None:
            raise Http404
        try:
            call(asset)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.WARNING)
        else:
            self.message_user(request, words, messages.SUCCESS)
        return redirect("admin:media_asset_change", pk)


def _progress(asset: Asset, *, reload: bool) -> SafeString:
    row = selectors.row(asset)
    address = reverse("api:asset", args=[asset.event.slug, asset.key])
    return render_to_string("media/progress.html", {"row": row, "address": address, "reload": reload})
