"""The event's files over HTTP."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventViewSet
from apps.events.doors.desk_calls import DeskCall, changed
from apps.media import selectors, services
from apps.media.models import Asset
from apps.media.serializers.files import ASSET, AssetIn, AssetQuery, AssetSerializer


class AssetsView(ListModelMixin, RetrieveModelMixin, EventViewSet):
    """The event's files, newest first; each with how far its preparation is."""

    access = Access.MODERATOR
    area = Area.FILES
    serializer_class = AssetSerializer
    ordering = ("-created_at", "-pk")
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Asset]:
        if getattr(self, "swagger_fake_view", False):
            return Asset.objects.none()
        rows = self.event.assets.select_related("event", "job", "file_job")
        if self.action != "list":
            return rows
        query = AssetQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        words, tag = asked.pop("search", ""), asked.pop("tag", "")
        if asked.get("library_folder_id") == 0:
            asked["library_folder_id"] = None
        rows = rows.filter(**asked)
        if tag:
            rows = rows.filter(tags__contains=[tag.casefold()])
        return selectors.found(rows, words)

    @extend_schema(parameters=[AssetQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class AssetCall(DeskCall):
    """A file as those who run the event keep it; reading it is for moderators too."""

    area = Area.FILES

    def found(self) -> Asset:
        row: Asset = get_object_or_404(
            self.event.assets.select_related("event", "job", "file_job"), key=self.kwargs["key"]
        )
        return row

    def told(self) -> Response:
        return Response(AssetSerializer(self.found()).data)


class DeskAssetView(AssetCall):
    @documented("asset_change", takes=AssetIn, gives=AssetSerializer, example=ASSET, refuses={404: ["media.gone"]})
    def patch(self, request: Request, event: str, key: str) -> Response:
        """Another name, its folder and tags, who may download it, or whether anybody may see it who sees the event."""
        found = self.found()
        given = self.given(AssetIn, instance=found, partial=True, event=self.event)
        services.change_asset(found, changed=changed(found, given))
        return self.told()

    @documented("asset_delete")
    def delete(self, request: Request, event: str, key: str) -> Response:
        """Puts it into the trash for thirty days; what showed it goes on without, until it is taken back."""
        services.trash_assets(self.event, [self.found().key])
        return Response(status=status.HTTP_204_NO_CONTENT)


NOT_AGAIN = ["media.not-failed", "media.gone"]


class DeskAssetAgainView(AssetCall):
    @documented(
        "asset_again",
        takes=None,
        gives=AssetSerializer,
        example=ASSET,
        refuses={409: NOT_AGAIN},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Prepares a file again whose preparation failed."""
        services.prepare_again(self.found())
        return self.told()


class DeskAssetStopView(AssetCall):
    @documented("asset_stop", takes=None, gives=AssetSerializer, example=ASSET, refuses={409: ["media.not-open"]})
    def post(self, request: Request, event: str, key: str) -> Response:
        """Stops the preparation of a film or sound; it can be tried again."""
        services.cancel_transcode(self.found())
        return self.told()
