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
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from apps.core import importmap
from apps.core.errors import Refused
from apps.core.words import Number
from apps.events.doors import Desk, OrganisationScopedAdmin, RefusedBeside, columns
from apps.events.doors.lists import InWords
from apps.events.models import Event
from apps.media import selectors, services
from apps.media.admin import chapters
from apps.media.admin.sorting import SortsFiles, Tagged
from apps.media.admin.trash import HasTrash
from apps.media.admin.versions import HasVersions
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


@admin.register(Asset)
class AssetAdmin(SortsFiles, HasTrash, HasVersions, RefusedBeside, OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 10
    icon = "video_library"
    when_empty = _("Films, pictures and documents of the event stand here once you bring them.")
    add_words = _("Bring files")
    may_delete = False  # it goes into the trash, and from there for good
    form = chapters.AssetForm
    list_display = (
        "still", "title", "kind", "progress", "place", "tagged", "used", "length", "weight", "event", "created_at",
    )  # fmt: skip
    table = columns(
        event="event__slug", title="title", kind="kind", state="state", file="file_name", bytes="size",
        seconds="seconds", width="width", height="height", folder="library_folder__name", public="is_public",
        download="may_download", brought="created_at",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("event", "kind", "state", "library_folder", Tagged)
    list_select_related = ("event", "job", "file_job", "encoding", "library_folder")
    search_fields = ("title", "file_name", "tags", "library_folder__name")
    date_hierarchy = "created_at"
    actions_list = ("open_trash",)
    fields = (
        "event", "title", "library_folder", "tags", "may_download", "is_public", "picture", "state_now", "facts",
        "shown_in", "original_file",
    )  # fmt: skip
    when_played = ("words", "chapters_text", "watched")
    readonly_fields = ("picture", "state_now", "facts", "shown_in", "original_file", "words", "watched")

    class Media:
        css = {"all": ("media/upload-file.css",)}
        js = (
            importmap.Tag(),
            Script("media/asset-progress.js", type="module"),
            Script("media/upload-file.js", type="module"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        found: QuerySet[Asset] = super().get_queryset(request)
        return found.select_related("event", "job", "file_job", "encoding", "pages", "library_folder")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[FileList]:
        return FileList

    def get_fields(self, request: HttpRequest, obj: Asset | None = None) -> tuple[str, ...]:
        return (*self.fields, *self.when_played) if obj and obj.is_played else self.fields

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
    @admin.display(description="")
    def still(self, asset: Asset) -> SafeString | str:
        return _still(asset, "asset-still")

    @admin.display(description=_("state"), ordering="state")
    def progress(self, asset: Asset) -> SafeString:
        return _progress(asset, reload=False)

    @admin.display(description=_("length"), ordering="seconds")
    def length(self, asset: Asset) -> str:
        return _clock(asset.seconds) if asset.seconds else ""

    @admin.display(description=_("size"), ordering="size")
    def weight(self, asset: Asset) -> str:
        return filesizeformat(asset.size)

    @admin.display(description=_("folder"), ordering="library_folder__name")
    def place(self, asset: Asset) -> str:
        return str(asset.library_folder or "")

    @admin.display(description=_("tags"))
    def tagged(self, asset: Asset) -> str:
        return ", ".join(asset.tags)

    @admin.display(description=_("shown in"))
    def used(self, asset: Any) -> str:
        return ", ".join(f"{count} × {what}" for what, count in asset.shown_by.items())

    # What a file's own page shows -------------------------------------------------------------------------------------
    @admin.display(description=_("picture"))
    def picture(self, asset: Asset) -> SafeString | str:
        return _still(asset, "asset-still large") or "–"

    @admin.display(description=_("state"))
    def state_now(self, asset: Asset) -> SafeString:
        shown = _progress(asset, reload=True)
        if asset.state == Asset.State.PROCESSING and asset.is_played:
            return self._with_button(shown, asset, "cancel", _("Stop"))
        job = getattr(asset, "file_job", None)
        why = job.error if job else ""
        if asset.state != Asset.State.FAILED and not why:
            return shown
        if asset.state != Asset.State.FAILED:  # it is there, and only its pages are missing
            shown = format_html("{} <p>{}</p>", shown, selectors.reason(why))
        return self._with_button(shown, asset, "retry", _("Try again"))

    def _with_button(self, shown: SafeString, asset: Asset, name: str, words: "_StrPromise") -> SafeString:
        button = format_html(
            '<button type="submit" formaction="{}" formnovalidate class="{}">{}</button>',
            reverse(f"admin:media_asset_{name}", args=[asset.pk]),
            BUTTON,
            words,
        )
        return format_html("{} {}", shown, button)

    @admin.display(description=_("what it is"))
    def facts(self, asset: Asset) -> str:
        rungs = ", ".join(rung["name"] for rung in asset.encoding.rungs) if asset.encoding else ""
        size = f"{asset.width} × {asset.height}" if asset.width else ""
        length = _clock(asset.seconds) if asset.seconds else ""
        count = asset.pages.count if asset.pages else 0
        pages = ngettext("%(count)s page", "%(count)s pages", count) % {"count": Number(count)} if count else ""
        found = (asset.get_kind_display(), asset.content_type, filesizeformat(asset.size), size, length, rungs, pages)
        return " · ".join(str(fact) for fact in found if fact)

    @admin.display(description=_("shown in"))
    def shown_in(self, asset: Asset) -> SafeString | str:
        found = selectors.usages(asset)
        return format_html_join("", "<div>{}: {}</div>", found) if found else str(_("Nowhere yet"))

    @admin.display(description=_("watched"))
    def watched(self, asset: Asset) -> SafeString:
        return chapters.watched(asset)

    @admin.display(description=_("transcripts"))
    def words(self, asset: Asset) -> SafeString | str:
        if not asset.is_played:
            return "–"
        address = reverse("media:transcripts_of", args=[asset.event.slug, asset.key])
        rows = selectors.transcripts(asset.event, asset=asset)
        said = ", ".join(f"{row.language_name} ({row.get_state_display()})" for row in rows) or _("None yet")
        return format_html('{} <a class="{}" href="{}">{}</a>', said, BUTTON, address, _("Transcripts and captions"))

    @admin.display(description=_("file"))
    def original_file(self, asset: Asset) -> SafeString:
        """The file, and what is done with it; the buttons send the page's form elsewhere."""
        links = [(selectors.download_url(asset), asset.file_name or asset.title)] if asset.has_file else []
        if pages := selectors.pages_url(asset):
            links.append((pages, gettext("Look at its pages")))
        links.append((reverse("admin:media_asset_versions", args=[asset.pk]), gettext("Replace it, earlier versions")))
        deeds = [
            (reverse("admin:media_asset_keep", args=[asset.pk]), _("Keep for all our events")),
            (reverse("admin:media_asset_throw", args=[asset.pk]), _("Put into the trash")),
        ]
        shown = [format_html('<a class="{}" href="{}">{}</a>', BUTTON, *link) for link in links]
        button = '<button type="submit" formaction="{}" formnovalidate class="{}">{}</button>'
        shown += [format_html(button, address, BUTTON, words) for address, words in deeds]
        return format_html_join(" ", "{}", ((one,) for one in shown))

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


def _still(asset: Asset, look: str) -> SafeString | str:
    url = selectors.image_url(asset) or selectors.poster_url(asset)
    return format_html('<img class="{}" src="{}" alt="" loading="lazy">', look, url) if url else ""


def _progress(asset: Asset, *, reload: bool) -> SafeString:
    row = selectors.row(asset)
    address = reverse("api:asset", args=[asset.event.slug, asset.key])
    return render_to_string("media/progress.html", {"row": row, "address": address, "reload": reload})


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
