"""Sounds that were recorded apart and are added to a film, over HTTP."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.media import selectors, services
from apps.media.api.files import AssetCall
from apps.media.models import AddedSound, Asset
from apps.media.serializers.added_sounds import ADDED_SOUND, AddedSoundIn, AddedSoundSerializer

REFUSED = [
    "sounds.no-film", "sounds.no-sound", "sounds.recording", "sounds.beyond", "sounds.twice", "sounds.too_many",
]  # fmt: skip


class DeskAssetSoundsView(AssetCall):
    @extend_schema(operation_id="desk_asset_sounds", responses=AddedSoundSerializer(many=True))
    def get(self, request: Request, event: str, key: str) -> Response:
        """The sounds that were added to a film, in their order; a film has eight at most."""
        return Response(AddedSoundSerializer(selectors.added_sounds(self.found()), many=True).data)

    @documented(
        "asset_sound_add",
        takes=AddedSoundIn,
        gives=AddedSoundSerializer,
        status=201,
        example=ADDED_SOUND,
        refuses={409: REFUSED, 422: ["transcript.language"]},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Adds a sound of the event to a film, which is heard with it once it is made: an interpreter's recording, a
        description."""
        found, wish = self.found(), self.given(AddedSoundIn)
        sound: Asset = get_object_or_404(self.event.assets, key=wish.pop("sound"))
        row = services.add_sound(found, sound, **wish)
        return Response(AddedSoundSerializer(row).data, status=status.HTTP_201_CREATED)


class AddedSoundCall(AssetCall):
    def row(self) -> AddedSound:
        found: AddedSound = get_object_or_404(selectors.added_sounds(self.found()), pk=self.kwargs["sound"])
        return found


class DeskAssetSoundView(AddedSoundCall):
    @documented("asset_sound_remove")
    def delete(self, request: Request, event: str, key: str, sound: int) -> Response:
        """Takes a sound away from a film; its file stays in the library."""
        services.remove_sound(self.row())
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeskAssetSoundAgainView(AddedSoundCall):
    @documented(
        "asset_sound_again",
        takes=None,
        gives=AddedSoundSerializer,
        example=ADDED_SOUND,
        refuses={409: ["sounds.not-failed"]},
    )
    def post(self, request: Request, event: str, key: str, sound: int) -> Response:
        """Begins one again that failed."""
        services.retry_sound(self.row())
        return Response(AddedSoundSerializer(self.row()).data)
