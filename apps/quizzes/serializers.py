"""The shapes of what is posted to the API."""

from rest_framework import serializers

from apps.quizzes.registry import TEXT_CHARS
from apps.quizzes.services import MOST_NAME


class SeatIn(serializers.Serializer[None]):
    name = serializers.CharField(max_length=MOST_NAME, help_text="Your own, or your team's where teams play.")


class AnswerIn(serializers.Serializer[None]):
    position = serializers.IntegerField(min_value=1, max_value=100, help_text="The question that you mean.")
    text = serializers.CharField(
        required=False,
        max_length=TEXT_CHARS,
        help_text="What you type: a number, a text; `true` or `false`.",
    )
    options = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=12),
        required=False,
        max_length=12,
        help_text="Ids of the options that you choose; of an order, all of them, in yours.",
    )


class StepIn(serializers.Serializer[None]):
    do = serializers.ChoiceField(choices=["next", "reveal", "extend", "end"])
    position = serializers.IntegerField(min_value=0, max_value=100, help_text="Where you see the game stand.")
    seconds = serializers.IntegerField(required=False, min_value=0, max_value=600, default=0)
