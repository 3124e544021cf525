"""Recordings that are cut, over HTTP."""

from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.media import services
from apps.media.api.files import AssetCall
from apps.media.serializers.cuts import CutIn
from apps.media.serializers.files import ASSET, AssetSerializer


class DeskAssetCutsView(AssetCall):
    @documented(
        "asset_cut",
        takes=CutIn,
        gives=AssetSerializer,
        status=201,
        example=ASSET,
        refuses={409: ["media.not-ready", "media.too_many_cuts"], 422: ["media.range"]},
    )
    def post(self, request: Request, event: str, key: str) -> Response:
        """Makes a file of some seconds of a film or recording, without encoding anything again."""
        made = services.cut_asset(self.found(), by=self.by, **self.given(CutIn))
        return Response(AssetSerializer(made).data, status=201)
