"""An event's logo over REST."""

from typing import Any

from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.schemas import documented
from apps.core.scopes import Area
from apps.events import services
from apps.events.doors.desk_calls import DeskCall


class LogoIn(serializers.Serializer[Any]):
    file = serializers.FileField(max_length=200, help_text="JPEG, PNG, WebP or GIF, 8 MB and 40 megapixels at most.")


class LogoSerializer(serializers.Serializer[Any]):
    logo = serializers.CharField(source="logo_url", read_only=True, help_text="Its address; empty where there is none.")


class LogoView(DeskCall):
    area = Area.ORGANISING
    parser_classes = (MultiPartParser,)

    @documented(
        "event_logo",
        takes=LogoIn,
        gives=LogoSerializer,
        example={"logo": "/e/freshet/logo/3Ckq0Xc2.webp"},
        refuses={413: ["picture.too_large", "too_much"], 422: ["picture.unreadable"], 503: ["picture.busy"]},
    )
    def put(self, request: Request, event: str) -> Response:
        """Sets the logo, or another in its place. It is written anew as WebP, 800 pixels across at most."""
        services.set_logo(self.event, self.given(LogoIn)["file"])
        return Response(LogoSerializer(self.event).data)

    @documented("event_logo_delete")
    def delete(self, request: Request, event: str) -> Response:
        """Takes it away. Twice changes nothing."""
        services.remove_logo(self.event)
        return Response(status=204)
