"""Other bytes for a file, and its earlier ones, at the organisers' desk."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events import states
from apps.media import selectors, services
from apps.media.models import Asset


class HasVersions:
    """The page of a file's versions, and what is done on it."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/versions/", view(self.versions_view), name="media_asset_versions"),
            path("<int:pk>/versions/<int:version>/", view(self.restore_version_view), name="media_asset_version"),
            path("<int:pk>/versions/discard/", view(self.discard_view), name="media_asset_discard"),
            path("<int:pk>/keep/", view(self.keep_view), name="media_asset_keep"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._asset(request, pk)
        coming = selectors.replacement(asset)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Versions of “%(title)s”") % {"title": asset.title},
            "asset": asset,
            "original": asset,
            "coming": coming,
            "coming_row": selectors.row(coming) if coming else None,
            "versions": selectors.versions(asset),
            "upload": selectors.upload_place(asset.event),
            "media": self.media,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/media/versions.html", context)

    def restore_version_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        asset = self._asset_to_change(request, pk)
        if isinstance(asset, HttpResponse):
            return asset
        row = asset.versions.filter(pk=version).first()
        if row is None:
            raise Http404
        user: Any = request.user
        services.restore_version(row, by=user)
        messages.success(request, _("The earlier version is back. What was there is among the earlier ones now."))
        return redirect("admin:media_asset_versions", pk)

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._asset_to_change(request, pk)
        if isinstance(asset, HttpResponse):
            return asset
        services.discard_replacement(asset)
        messages.success(request, _("The new file is put away. The one that was there stays."))
        return redirect("admin:media_asset_versions", pk)

    def keep_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._asset_to_change(request, pk)
        if isinstance(asset, HttpResponse):
            return asset
        user: Any = request.user
        try:
            services.keep_on_shelf(asset, by=user)
        except Refused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("It lies on the shelf now, for all your events."))
        return redirect("admin:media_asset_change", pk)

    def _asset(self, request: HttpRequest, pk: int) -> Asset:
        asset: Asset | None = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if asset is None:
            raise Http404
        return asset

    def _asset_to_change(self, request: HttpRequest, pk: int) -> Asset | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self._asset(request, pk)
        if states.is_read_only(asset.event.state):
            messages.error(request, states.archived().message)
            return redirect("admin:media_asset_change", pk)
        return asset
