"""The library over REST: folders, usage, earlier versions, and the trash."""

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
from apps.events.doors.desk_calls import DeskCall
from apps.media import selectors, services
from apps.media.api.files import AssetCall
from apps.media.models import Asset, AssetVersion, Folder
from apps.media.serializers.files import ASSET, AssetSerializer, TrashedSerializer, UsageSerializer, VersionSerializer
from apps.media.serializers.library import FOLDER, FolderSerializer

MOST_USES = 500
PLACE = ["media.folder_taken", "media.folder_deep", "media.folder_in_itself", "media.folder_gone"]


class FolderCall(DeskCall):
    area = Area.FILES

    def found(self) -> Folder:
        return get_object_or_404(selectors.folders(self.event), pk=self.kwargs["folder"])

    def wish(self, instance: Folder | None = None) -> dict[str, Any]:
        return self.given(FolderSerializer, instance=instance, partial=instance is not None, event=self.event)


class DeskFoldersView(FolderCall, Sparse, ListAPIView[Folder]):
    serializer_class = FolderSerializer
    ordering = ("name", "pk")

    def get_queryset(self) -> QuerySet[Folder]:
        return Folder.objects.none() if getattr(self, "swagger_fake_view", False) else selectors.folders(self.event)

    @extend_schema(operation_id="desk_folders")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The folders of the library, by name; each says in which it lies."""
        return self.list(request, *args, **kwargs)

    @documented(
        "folder_make",
        takes=FolderSerializer,
        gives=FolderSerializer,
        status=201,
        example=FOLDER,
        refuses={409: [*PLACE, "media.too_many_folders"]},
    )
    def post(self, request: Request, event: str) -> Response:
        """Makes a folder, at most five deep."""
        made = services.make_folder(self.event, **self.wish())
        return Response(FolderSerializer(made).data, status=status.HTTP_201_CREATED)


class DeskFolderView(FolderCall):
    @documented("folder_change", takes=FolderSerializer, gives=FolderSerializer, example=FOLDER, refuses={409: PLACE})
    def patch(self, request: Request, event: str, folder: int) -> Response:
        """Another name or place; what lies in it goes along."""
        found = self.found()
        wish = {"name": found.name, "parent": found.parent, **self.wish(found)}
        return Response(FolderSerializer(services.change_folder(found, **wish)).data)

    @documented("folder_delete", refuses={409: ["media.folder_full"]})
    def delete(self, request: Request, event: str, folder: int) -> Response:
        """Takes an empty folder away."""
        services.remove_folder(self.found())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskAssetUsesView(AssetCall):
    @extend_schema(operation_id="desk_asset_uses", responses=UsageSerializer(many=True))
    def get(self, request: Request, event: str, key: str) -> Response:
        """What shows the file: sessions, booths, polls, whatever it is; the first five hundred."""
        shown = [{"kind": kind, "title": title} for kind, title in selectors.usages(self.found(), limit=MOST_USES)]
        return Response(UsageSerializer(shown, many=True).data)


class DeskAssetVersionsView(AssetCall):
    @extend_schema(operation_id="desk_asset_versions", responses=VersionSerializer(many=True))
    def get(self, request: Request, event: str, key: str) -> Response:
        """The earlier versions of a file that was replaced, the latest first; ten at most are kept."""
        return Response(VersionSerializer(selectors.versions(self.found()), many=True).data)


class DeskAssetVersionView(AssetCall):
    @documented("asset_version_restore", takes=None, gives=AssetSerializer, example=ASSET)
    def post(self, request: Request, event: str, key: str, version: int) -> Response:
        """Puts an earlier version back; what is there now becomes an earlier one."""
        found = self.found()
        row = get_object_or_404(AssetVersion, asset=found, pk=version)
        services.restore_version(row, by=self.by)
        return self.told()


class DeskAssetReplacementView(AssetCall):
    @documented("asset_replacement_discard")
    def delete(self, request: Request, event: str, key: str) -> Response:
        """Puts away what is being prepared to replace the file, or failed to be; the file stays as it is."""
        services.discard_replacement(self.found())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskTrashView(DeskCall, Sparse, ListAPIView[Asset]):
    area = Area.FILES
    serializer_class = TrashedSerializer
    ordering = ("-deleted_at", "-pk")

    def get_queryset(self) -> QuerySet[Asset]:
        return Asset.every.none() if getattr(self, "swagger_fake_view", False) else selectors.trash(self.event)

    @extend_schema(operation_id="desk_trash")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What lies in the trash, the latest first; each is deleted for good after thirty days."""
        return self.list(request, *args, **kwargs)


class DeskTrashedView(DeskCall):
    area = Area.FILES

    def found(self) -> Asset:
        return get_object_or_404(selectors.trash(self.event), key=self.kwargs["key"])

    @documented("asset_restore", takes=None, gives=AssetSerializer, example=ASSET)
    def post(self, request: Request, event: str, key: str) -> Response:
        """Takes it back; what showed it shows it again."""
        found = self.found()
        services.restore_assets(self.event, [found.key])
        found.refresh_from_db()
        return Response(AssetSerializer(found).data)

    @documented("trashed_delete")
    def delete(self, request: Request, event: str, key: str) -> Response:
        """Deletes it for good, at once."""
        services.delete_trashed(self.event, [self.found().key])
        return Response(status=status.HTTP_204_NO_CONTENT)
