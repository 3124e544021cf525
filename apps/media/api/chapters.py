"""The chapters of a film over HTTP, for those who run the event."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall
from apps.media import selectors, services
from apps.media.adapters.chapters import Found
from apps.media.models import Asset
from apps.media.serializers.chapters import CHAPTERS, ChaptersIn, ChaptersSerializer

REFUSED = ["chapters.too_many", "chapters.twice", "chapters.title", "chapters.beyond", "chapters.no_film"]


class DeskChaptersView(DeskCall):
    area = Area.FILES

    def found(self) -> Asset:
        asset: Asset = get_object_or_404(self.event.assets, key=self.kwargs["key"])
        return asset

    @documented("asset_chapters", gives=ChaptersSerializer, example=CHAPTERS)
    def get(self, request: Request, event: str, key: str) -> Response:
        """The chapters of a film or sound, in their order."""
        return self.told(self.found())

    @documented(
        "asset_chapters_set",
        takes=ChaptersIn,
        gives=ChaptersSerializer,
        example=CHAPTERS,
        refuses={409: [*REFUSED, "chapters.unread", "chapters.too_long"]},
    )
    def put(self, request: Request, event: str, key: str) -> Response:
        """Writes the chapters, in place of those there were. Without any, the film has none."""
        found, wish = self.found(), self.given(ChaptersIn)
        if "text" in wish:
            chapters = services.read_chapters(wish["text"])
        else:
            chapters = [Found(one["begins"], one["title"]) for one in wish.get("chapters", [])]
        services.set_chapters(found, chapters, field="text" if "text" in wish else "chapters")
        return self.told(found)

    def told(self, asset: Asset) -> Response:
        return Response(ChaptersSerializer({"chapters": selectors.chapters_of(asset)}).data)
