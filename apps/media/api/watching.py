"""How a film was watched, over HTTP, for those who run the event."""

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events.doors.desk_calls import DeskCall
from apps.media import selectors
from apps.media.serializers.watching import WATCHED, WatchedSerializer


class DeskWatchedView(DeskCall):
    area = Area.FILES

    @documented("asset_watched", gives=WatchedSerializer, example=WATCHED)
    def get(self, request: Request, event: str, key: str) -> Response:
        """How many people watched a film, how much of it, and which minutes most."""
        asset = get_object_or_404(self.event.assets, key=key)
        return Response(WatchedSerializer(selectors.watched(asset)).data)
