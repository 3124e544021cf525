"""Files at the organisers' desk: bring them, see how far films are, try again, and where each is shown."""

from typing import Any

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
from django.utils.translation import gettext_lazy as _

from apps.core import importmap
from apps.core.errors import Refused
from apps.events.doors import Desk, OrganisationScopedAdmin, columns
from apps.events.models import Event
from apps.media import selectors, services
from apps.media.models import Asset

BUTTON = (
    "cursor-pointer font-medium rounded-default border border-base-200 px-3 py-1 text-primary-600 "
    "dark:border-base-700 dark:text-primary-500"
)


@admin.register(Asset)
class AssetAdmin(OrganisationScopedAdmin):
    desk = Desk.CONTENT
    desk_position = 10
    icon = "video_library"
    when_empty = _("Films, pictures and documents of the event stand here once you bring them.")
    add_words = _("Bring files")
    list_display = ("still", "title", "kind", "progress", "length", "weight", "event", "created_at")
    table = columns(
        event="event__slug", title="title", kind="kind", state="state", file="file_name", bytes="size",
        seconds="seconds", width="width", height="height", public="is_public", brought="created_at",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("event", "kind", "state")
    list_select_related = ("event", "job", "encoding")
    search_fields = ("title", "file_name")
    date_hierarchy = "created_at"
    fields = ("event", "title", "is_public", "picture", "state_now", "facts", "shown_in", "original_file")
    readonly_fields = ("picture", "state_now", "facts", "shown_in", "original_file")

    class Media:
        css = {"all": ("media/upload-file.css",)}
        js = (
            importmap.Tag(),
            Script("media/asset-progress.js", type="module"),
            Script("media/upload-file.js", type="module"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        found: QuerySet[Asset] = super().get_queryset(request)
        return found.select_related("event", "job", "encoding")

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
            "open": reverse("admin:media_asset_change", args=[0]),
            "media": self.media,
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/media/upload.html", context)

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

    # What a file's own page shows -------------------------------------------------------------------------------------
    @admin.display(description=_("picture"))
    def picture(self, asset: Asset) -> SafeString | str:
        return _still(asset, "asset-still large") or "–"

    @admin.display(description=_("state"))
    def state_now(self, asset: Asset) -> SafeString:
        shown = _progress(asset, reload=True)
        if asset.state != Asset.State.FAILED:
            return shown
        address = reverse("admin:media_asset_retry", args=[asset.pk])
        button = format_html(
            '<button type="submit" formaction="{}" formnovalidate class="{}">{}</button>',
            address,
            BUTTON,
            _("Try again"),
        )
        return format_html("{} {}", shown, button)

    @admin.display(description=_("what it is"))
    def facts(self, asset: Asset) -> str:
        rungs = ", ".join(rung["name"] for rung in asset.encoding.rungs if rung["height"]) if asset.encoding else ""
        size = f"{asset.width} × {asset.height}" if asset.width else ""
        length = _clock(asset.seconds) if asset.seconds else ""
        found = (asset.get_kind_display(), asset.content_type, filesizeformat(asset.size), size, length, rungs)
        return " · ".join(str(fact) for fact in found if fact)

    @admin.display(description=_("shown in"))
    def shown_in(self, asset: Asset) -> SafeString | str:
        found = selectors.usages(asset)
        return format_html_join("", "<div>{}: {}</div>", found) if found else str(_("Nowhere yet"))

    @admin.display(description=_("file"))
    def original_file(self, asset: Asset) -> SafeString:
        name = asset.file_name or asset.title
        return format_html('<a class="{}" href="{}">{}</a>', BUTTON, selectors.download_url(asset), name)

    # Trying again ------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        retry = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry_view), name="media_asset_retry")
        return [retry, *super().get_urls()]

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self.get_queryset(request).filter(pk=pk).first()
        if asset is None:
            raise Http404
        try:
            services.retry_transcode(asset)
        except Refused as refused:
            self.message_user(request, str(refused.message), messages.WARNING)
        else:
            self.message_user(request, _("It is being prepared again."), messages.SUCCESS)
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
