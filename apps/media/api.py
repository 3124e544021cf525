"""The API of media: uploads that go straight to storage in parts, and the event's files."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors import EventAPIView, EventViewSet
from apps.events.doors.desk_calls import DeskCall, changed
from apps.media import permissions, selectors, services
from apps.media.models import Asset, Upload
from apps.media.serializers import (
    ASSET,
    AssetIn,
    AssetQuery,
    AssetSerializer,
    TargetsRequest,
    TargetsSerializer,
    UploadRequest,
    UploadSerializer,
)


class _UploadCall(EventAPIView):
    """Uploads are their owner's alone, of people who bring files to the event."""

    access = Access.ATTENDEE
    area = Area.FILES

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.person is None or not permissions.can_upload(self.roles):
            raise PermissionDenied

    def check_repeated(self) -> None:
        if "key" in self.kwargs:
            self.upload(self.kwargs["key"])

    def upload(self, key: str) -> Upload:
        try:
            return selectors.upload(self.event, key, by_id=self.person.pk if self.person else 0)
        except Upload.DoesNotExist as error:
            raise Http404 from error


class UploadsView(_UploadCall):
    """Begin an upload; an open one of the same file is found again, with the parts that have arrived."""

    @extend_schema(request=UploadRequest, responses={201: UploadSerializer})
    def post(self, request: Request, event: str) -> Response:
        body = UploadRequest(data=request.data)
        body.is_valid(raise_exception=True)
        if self.person is None:
            raise PermissionDenied
        upload = services.create_upload(self.event, by=self.person, **body.validated_data)
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)


class UploadView(_UploadCall):
    """How far an upload is; or let it go."""

    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, event: str, key: str) -> Response:
        return Response(UploadSerializer(self.upload(key)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, event: str, key: str) -> Response:
        services.abandon_upload(self.upload(key))
        return Response(status=status.HTTP_204_NO_CONTENT)


class UploadPartsView(_UploadCall):
    """Addresses for the next parts; each takes exactly its part, for an hour."""

    @extend_schema(request=TargetsRequest, responses=TargetsSerializer)
    def post(self, request: Request, event: str, key: str) -> Response:
        body = TargetsRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wishes = {part["number"]: part["sha256"] for part in body.validated_data["parts"]}
        targets = services.part_targets(self.upload(key), checksums=wishes)
        return Response(TargetsSerializer({"targets": targets}).data)


class UploadCompleteView(_UploadCall):
    """All parts are there: the bytes are looked at, and become a file of the event or are refused (422)."""

    @extend_schema(request=None, responses=UploadSerializer)
    def post(self, request: Request, event: str, key: str) -> Response:
        return Response(UploadSerializer(services.complete_upload(self.upload(key))).data)


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
        rows = self.event.assets.select_related("job")
        if self.action != "list":
            return rows
        query = AssetQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return rows.filter(**query.validated_data)

    @extend_schema(parameters=[AssetQuery])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)


class AssetCall(DeskCall):
    """A file as those who run the event keep it; reading it is for moderators too."""

    area = Area.FILES

    def found(self) -> Asset:
        row: Asset = get_object_or_404(self.event.assets.select_related("job", "event"), key=self.kwargs["key"])
        return row

    def told(self) -> Response:
        return Response(AssetSerializer(self.found()).data)


class DeskAssetView(AssetCall):
    @documented("asset_change", takes=AssetIn, gives=AssetSerializer, example=ASSET)
    def patch(self, request: Request, event: str, key: str) -> Response:
        """Another name, or whether anybody may have it who knows its address."""
        found = self.found()
        services.change_asset(found, changed=changed(found, self.given(AssetIn, instance=found, partial=True)))
        return self.told()

    @documented("asset_delete")
    def delete(self, request: Request, event: str, key: str) -> Response:
        """Takes it away everywhere; what showed it goes on without."""
        services.delete_asset(self.found())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskAssetAgainView(AssetCall):
    @documented("asset_again", takes=None, gives=AssetSerializer, example=ASSET, refuses={409: ["media.not-failed"]})
    def post(self, request: Request, event: str, key: str) -> Response:
        """Prepares a film or sound again whose preparation failed."""
        services.retry_transcode(self.found())
        return self.told()
