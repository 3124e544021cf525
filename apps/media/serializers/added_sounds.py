"""The shapes of sounds that are added to a film."""

from typing import Any

from rest_framework import serializers

from apps.media import selectors
from apps.media.models import AddedSound

MOST_SECONDS = 48 * 60 * 60


class AddedSoundSerializer(serializers.ModelSerializer[AddedSound]):
    """`sound` is the key of the file, `begins` the second of the film at which it begins; `progress` is in percent, and
    `reason` says in the caller's language why it failed."""

    sound = serializers.CharField(source="sound.key", read_only=True)
    in_trash = serializers.BooleanField(source="sound.is_in_trash", read_only=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = AddedSound
        fields = ("id", "sound", "in_trash", "language", "role", "title", "begins", "state", "progress", "reason")
        read_only_fields = fields

    def get_reason(self, row: AddedSound) -> str:
        return selectors.sound_reason(row.error) if row.error else ""


class AddedSoundIn(serializers.Serializer[Any]):
    """`begins` is in seconds of the film; where it is negative, so much of the sound's own beginning is left out."""

    sound = serializers.CharField(max_length=40, help_text="The key of a sound of the event.")
    language = serializers.CharField(max_length=10)
    role = serializers.ChoiceField(choices=AddedSound.Role.choices)
    title = serializers.CharField(
        max_length=AddedSound.TITLE_LENGTH,
        required=False,
        allow_blank=True,
        help_text="In the player's menu. Empty: the language, as its own speakers call it.",
    )
    begins = serializers.FloatField(min_value=-MOST_SECONDS, max_value=MOST_SECONDS, required=False)


ADDED_SOUND = {
    "id": 3, "sound": "kf8Qz0yLw3", "in_trash": False, "language": "de", "role": "interpreted", "title": "Booth two",
    "begins": -1.5, "state": "running", "progress": 40, "reason": "",
}  # fmt: skip
