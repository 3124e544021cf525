"""What staff did, as the API tells it."""

from typing import Any

from rest_framework import serializers

from apps.audit.models import Entry
from apps.events.serializers.registrations import NUMBER


class EventActsQuery(serializers.Serializer[Any]):
    """What the log of one event may be narrowed by."""

    person = serializers.IntegerField(required=False, help_text="The number of who did it.", **NUMBER)
    kind = serializers.ChoiceField(choices=Entry.Kind.choices, required=False)
    model = serializers.CharField(max_length=60, required=False, help_text="To what it was done: tracks.session.")
    thing = serializers.CharField(max_length=100, required=False, help_text="To which one: tracks.session:12.")
    since = serializers.DateTimeField(required=False, help_text="Then, or later.")
    until = serializers.DateTimeField(required=False, help_text="Before then.")
    q = serializers.CharField(max_length=100, required=False, help_text="What it is called, or who did it.")


class ActsQuery(EventActsQuery):
    event = serializers.SlugField(max_length=60, required=False, help_text="The slug of an event.")


class ActSerializer(serializers.ModelSerializer[Entry]):
    event = serializers.IntegerField(
        source="event_id", read_only=True, allow_null=True, help_text="Its number: events may go, what was done stays."
    )
    person = serializers.IntegerField(source="who_id", read_only=True, allow_null=True)
    address = serializers.CharField(
        source="shown_address", read_only=True, help_text="From which network; empty for guests."
    )
    before = serializers.DictField(read_only=True, allow_null=True, help_text="By column; what is secret is dots.")
    after = serializers.DictField(read_only=True, allow_null=True)

    class Meta:
        model = Entry
        fields = (
            *("id", "at", "act", "person", "who", "door", "place", "address", "kind", "model", "thing", "owner"),
            *("words", "event", "before", "after"),
        )
        read_only_fields = fields
