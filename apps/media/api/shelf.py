"""The organisation's shelf over REST: what is kept for all its events, put there and taken from it."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.calls import Sparse
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall, OrganisationCall
from apps.media import selectors, services
from apps.media.api.files import AssetCall
from apps.media.models import ShelfFile
from apps.media.serializers.files import ASSET, AssetSerializer
from apps.media.serializers.library import SHELVED, ShelfFileIn, ShelfFileSerializer, ShelfTakeIn


class ShelfView(OrganisationCall, Sparse, ListAPIView[ShelfFile]):
    area = Area.FILES
    owners_alone = False
    serializer_class = ShelfFileSerializer
    ordering = ("-kept_at", "-pk")

    def get_queryset(self) -> QuerySet[ShelfFile]:
        if getattr(self, "swagger_fake_view", False):
            return ShelfFile.objects.none()
        return selectors.shelf(self.organisation)

    @extend_schema(operation_id="organisation_shelf")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the organisation keeps for all its events, the latest first."""
        return self.list(request, *args, **kwargs)


class ShelvedView(OrganisationCall):
    area = Area.FILES
    owners_alone = False

    def found(self) -> ShelfFile:
        return get_object_or_404(selectors.shelf(self.organisation), key=self.kwargs["key"])

    @documented(
        "shelf_rename",
        takes=ShelfFileIn,
        gives=ShelfFileSerializer,
        example=SHELVED,
        refuses={404: ["media.shelf_gone"]},
    )
    def patch(self, request: Request, organisation: str, key: str) -> Response:
        """Another name; what events took keeps its own."""
        found = self.found()
        services.rename_on_shelf(found, **self.given(ShelfFileIn, instance=found))
        return Response(ShelfFileSerializer(found).data)

    @documented("shelf_take_off")
    def delete(self, request: Request, organisation: str, key: str) -> Response:
        """Takes it off the shelf; the events that took it keep it."""
        services.take_off_shelf(self.found())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskAssetKeepView(AssetCall):
    @documented(
        "asset_keep",
        takes=None,
        gives=ShelfFileSerializer,
        status=201,
        example=SHELVED,
        refuses={409: ["media.not_ready", "media.shelf_full"]},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Keeps a file for all events of the organisation; it lies in storage once."""
        kept = services.keep_on_shelf(self.found(), by=self.by)
        return Response(ShelfFileSerializer(kept).data, status=status.HTTP_201_CREATED)


class DeskTakeView(DeskCall):
    area = Area.FILES

    @documented("shelf_take", takes=ShelfTakeIn, gives=AssetSerializer, status=201, example=ASSET)
    def post(self, request: Request, event: str) -> Response:
        """Takes a file of the organisation's shelf into the event."""
        shelf = selectors.shelf(self.event.organisation)
        kept = get_object_or_404(shelf, key=self.given(ShelfTakeIn)["key"])
        taken = services.take_from_shelf(self.event, kept, by=self.by)
        return Response(AssetSerializer(taken).data, status=status.HTTP_201_CREATED)
