"""Uploads over HTTP: they go straight to storage in parts."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.access import Access
from apps.core.scopes import Area
from apps.events.doors import EventAPIView
from apps.media import permissions, selectors, services
from apps.media.models import Upload
from apps.media.serializers.uploads import TargetsRequest, TargetsSerializer, UploadRequest, UploadSerializer


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
        body = UploadRequest(data=request.data, context={"event": self.event})
        body.is_valid(raise_exception=True)
        if self.person is None:
            raise PermissionDenied
        if body.validated_data["replaces"] is not None and not permissions.can_manage(self.roles):
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
