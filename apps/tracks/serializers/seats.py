"""Seats of a session, for those who run the event."""

from typing import Any

from rest_framework import serializers

from apps.tracks.models import Seat


class SeatSerializer(serializers.ModelSerializer[Seat]):
    """A row of `events.selectors.as_known`: who never came by is shown as they were typed in."""

    person = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="known_name", read_only=True)
    email = serializers.CharField(source="user.email", read_only=True)
    by = serializers.CharField(source="by.email", read_only=True, default="", help_text="Who gave it to them.")

    class Meta:
        model = Seat
        fields = ("person", "name", "email", "state", "by", "waiting_since", "created_at")
        read_only_fields = fields


class SeatQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Seat.State.choices, required=False)


class GivenSeatIn(serializers.Serializer[Any]):
    person = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="As registrations and roles name somebody."
    )


DESK_SEAT = {
    "person": 31, "name": "Nadia Okello", "email": "nadia@lakeside.example", "state": "taken",
    "by": "ines@lakeside.example", "waiting_since": None, "created_at": "2026-04-02T08:11:00Z",
}  # fmt: skip
