"""The trash at the organisers' desk: what lies in it, taken back or deleted for good."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from apps.core.rows import row_number
from apps.events import states
from apps.events.doors import scope
from apps.media import services
from apps.media.models import Asset
from apps.media.services.trash import KEPT_FOR

A_PAGE = 50


class HasTrash:
    """The pages of the trash, beside the list of files."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("trash/", view(self.trash_view), name="media_asset_trash"),
            path("<int:pk>/throw/", view(self.throw_view), name="media_asset_throw"),
            path("trash/<int:pk>/restore/", view(self.restore_view), name="media_asset_restore"),
            path("trash/<int:pk>/delete/", view(self.delete_for_good_view), name="media_asset_delete_for_good"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def _thrown(self, request: HttpRequest) -> QuerySet[Asset]:
        user: Any = request.user
        rows = Asset.every.filter(deleted_at__isnull=False, replaces=None).select_related("event")
        return scope.narrowed(rows, user, self.admin_site).order_by("-deleted_at", "-pk")

    def trash_view(self, request: HttpRequest) -> HttpResponse:
        rows = self._thrown(request)
        if asked := row_number(request.GET.get("event__id__exact")):
            rows = rows.filter(event=asked)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
        for asset in page:
            asset.goes_at = asset.deleted_at + KEPT_FOR  # type: ignore[attr-defined, operator]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trash"),
            "page": page,
            "bytes": rows.order_by().aggregate(all=Sum("size"))["all"] or 0,
        }
        return TemplateResponse(request, "admin/media/trash.html", context)

    def throw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]
        if asset is None:
            raise Http404
        if self._is_archived(request, asset):
            return redirect("admin:media_asset_change", pk)
        services.trash_assets(asset.event, [asset.key])
        messages.success(request, _("“%(title)s” is in the trash for 30 days.") % {"title": asset.title})
        return redirect(f"{reverse('admin:media_asset_trash')}?event__id__exact={asset.event_id}")

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._one(request, pk)
        if isinstance(asset, HttpResponse):
            return asset
        services.restore_assets(asset.event, [asset.key])
        messages.success(request, _("“%(title)s” is back.") % {"title": asset.title})
        return redirect("admin:media_asset_change", pk)

    def delete_for_good_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asset = self._one(request, pk)
        if isinstance(asset, HttpResponse):
            return asset
        services.delete_trashed(asset.event, [asset.key])
        messages.success(request, _("“%(title)s” is deleted for good.") % {"title": asset.title})
        return redirect("admin:media_asset_trash")

    def _one(self, request: HttpRequest, pk: int) -> Asset | HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        asset = self._thrown(request).filter(pk=pk).first()
        if asset is None:
            raise Http404
        return redirect("admin:media_asset_trash") if self._is_archived(request, asset) else asset

    def _is_archived(self, request: HttpRequest, asset: Asset) -> bool:
        """In an archived event nothing changes, and that is told."""
        is_read_only = states.is_read_only(asset.event.state)
        if is_read_only:
            messages.error(request, states.archived().message)
        return is_read_only
