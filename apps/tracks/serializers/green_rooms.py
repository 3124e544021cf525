"""A session's green room over REST: who is in it, who is on stage, the ticket of its media socket, and what is said."""

from typing import Any

from rest_framework import serializers

from apps.media.models import BackstageLine, Contribution


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


class GreenRoomTicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="For the first text on the media socket, within a minute.")
    path = serializers.CharField(help_text="Of the media socket, at this address.")


class BackstageLineSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Who said it.")
    is_from_desk = serializers.BooleanField(help_text="Whether whoever runs the stage said it.")
    to = serializers.IntegerField(allow_null=True, help_text="The `id` of the contributor who is meant; null for all.")
    to_name = serializers.CharField()
    text = serializers.CharField()


class BackstageSerializer(serializers.Serializer[Any]):
    """As on the socket, `stream/<id>/backstage`."""

    id = serializers.IntegerField(help_text="Of the live stream.")
    lines = BackstageLineSerializer(many=True)


class BackstageLineIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=BackstageLine.MOST_CHARS)
    to = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True, help_text="The `id` of a contributor."
    )


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
LINE = {
    "id": 12, "at": "2027-03-09T10:13:00Z", "by": "Noor Achterberg", "is_from_desk": True, "to": 31,
    "to_name": "Amara Lindqvist", "text": "You are next.",
}  # fmt: skip
BACKSTAGE = {"id": 7, "lines": [LINE]}
