"""A session's stage over REST: how it stands, and what is set of it."""

from typing import Any

from rest_framework import serializers

from apps.core import clock
from apps.events.serializers.texts import Texts
from apps.tracks.models import Stage
from apps.tracks.models.stages import MOST_LOBBY_MINUTES, MOST_WORDS
from apps.tracks.services import PRESSES


def _words() -> Any:
    return Texts(max_length=MOST_WORDS, blank=True, required=False)


def _file(source: str, kind: str) -> Any:
    return serializers.CharField(
        source=f"{source}.key",
        max_length=80,
        allow_null=True,
        required=False,
        default=None,
        help_text=f"Key of {kind}.",
    )


class StageSerializer(serializers.ModelSerializer[Stage]):
    """Needs `event` in the context."""

    state = serializers.SerializerMethodField(help_text="By the clock, where the schedule moves it.")
    by_hand = serializers.SerializerMethodField(help_text="Somebody pressed, and the schedule moves it no more.")
    next_at = serializers.SerializerMethodField(help_text="When the schedule moves it on; null where it does not.")
    lobby_minutes = serializers.IntegerField(min_value=0, max_value=MOST_LOBBY_MINUTES, required=False)
    lobby_film = _file("lobby_film", "a film that plays in the lobby, without sound, over and over")
    intermission_asset = _file("intermission_asset", "a film or picture for the intermission")
    scheduled_words, lobby_words, intermission_words, ended_words = _words(), _words(), _words(), _words()
    is_published = serializers.BooleanField(read_only=True, help_text="Whether the recording is shown after the end.")

    class Meta:
        model = Stage
        fields: tuple[str, ...] = (
            *("state", "by_hand", "next_at", "version", "opened_at", "ended_at", "source", "external_url"),
            *("is_simulive", "loops", "lobby_minutes", "lobby_film", "intermission_asset", "scheduled_words"),
            *("lobby_words", "intermission_words", "ended_words", "publish", "is_published", "recording_state"),
            "published_at",
        )
        read_only_fields = ("version", "opened_at", "ended_at", "recording_state", "published_at")

    def get_state(self, stage: Stage) -> str:
        return stage.state_at(clock.now()).value

    def get_by_hand(self, stage: Stage) -> bool:
        return stage.mode == Stage.Mode.HAND

    def get_next_at(self, stage: Stage) -> str | None:
        at = stage.next_at(clock.now())
        return at.isoformat() if at else None


class PressIn(serializers.Serializer[Any]):
    to = serializers.ChoiceField(
        choices=PRESSES,
        help_text="A state of the stage. Or: `schedule`, which moves it again by itself; `undo`, which takes the last"
        " press back; `publish` and `withdraw` the recording.",
    )
    seen = serializers.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="The `version` that you saw. Another one is refused.",
    )


STAGE = {
    "state": "live", "by_hand": True, "next_at": None, "version": 3, "opened_at": "2026-05-04T09:01:12Z",
    "ended_at": None, "source": "film", "external_url": "", "is_simulive": True, "loops": False, "lobby_minutes": 10,
    "lobby_film": None, "intermission_asset": None, "scheduled_words": {}, "lobby_words": {"en": "Coffee is ready."},
    "intermission_words": {}, "ended_words": {}, "publish": "at_once", "is_published": True, "recording_state": "",
    "published_at": None,
}  # fmt: skip
