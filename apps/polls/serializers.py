"""The shapes of what is posted to the API."""

from rest_framework import serializers

from apps.polls import services
from apps.polls.models import Poll

TEXT_CHARS = 300


class VoteIn(serializers.Serializer[None]):
    option = serializers.IntegerField(min_value=1, max_value=2**53)
    revision = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="One more than that of the answer you know; a smaller one than what stands changes nothing.",
    )


class PollIn(serializers.Serializer[None]):
    question = serializers.CharField(max_length=TEXT_CHARS)
    options = serializers.ListField(
        child=serializers.CharField(max_length=200), min_length=services.LEAST_OPTIONS, max_length=services.MOST_OPTIONS
    )
    session = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    results = serializers.ChoiceField(choices=Poll.Results.choices, default=Poll.Results.LIVE)
    may_change = serializers.BooleanField(default=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
