"""The shapes of what was watched."""

from typing import Any

from rest_framework import serializers


class WatchedSerializer(serializers.Serializer[Any]):
    """How a film was watched, by those who were signed in; half a minute old, or more where very many watch."""

    people = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="How long somebody watched on average.")
    share = serializers.FloatField(help_text="Of the length of the film, on average: 0 to 1.")
    minutes = serializers.ListField(
        child=serializers.FloatField(), help_text="By minute of the film: how many times it was shown."
    )


WATCHED = {"people": 412, "seconds": 1204.5, "share": 0.665, "minutes": [398.2, 371.0, 350.5]}
