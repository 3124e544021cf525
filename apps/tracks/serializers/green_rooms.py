"""A session's green room over REST: who is in it, who is on stage, and the ticket of its media socket."""

from typing import Any

from rest_framework import serializers

from apps.media.models import Contribution


class ContributorSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    is_here = serializers.BooleanField(help_text="False while their line is broken; their place is kept.")
    has_picture = serializers.BooleanField()
    has_sound = serializers.BooleanField()
    is_ready = serializers.BooleanField(help_text="As they say themselves.")
    shows = serializers.ChoiceField(choices=Contribution.Shows.choices)


class GreenRoomSerializer(serializers.Serializer[Any]):
    """As on the socket, `stream/<id>/green-room`."""

    id = serializers.IntegerField(help_text="Of the live stream.")
    on_stage = serializers.IntegerField(allow_null=True, help_text="The `id` of one of the contributors.")
    on_air = serializers.BooleanField(help_text="Whether theirs is the picture that is sent at this moment.")
    contributors = ContributorSerializer(many=True)


class OnStageIn(serializers.Serializer[Any]):
    on_stage = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        help_text="The `id` of a contributor; null takes whoever is on stage off it.",
    )


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="For the first text on the media socket, within a minute.")
    path = serializers.CharField(help_text="Of the media socket, at this address.")


GREEN_ROOM = {
    "id": 7, "on_stage": 31, "on_air": True,
    "contributors": [
        {
            "id": 31, "name": "Amara Lindqvist", "is_here": True, "has_picture": True, "has_sound": True,
            "is_ready": True, "shows": "camera",
        }
    ],
}  # fmt: skip
TICKET = {"ticket": "WzcsMzFd:1tQ…", "path": "/media-socket/"}
