"""The shapes of what is posted to the API."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.chat import broadcasts, selectors, services
from apps.chat.models import Report, Room, Word

SANCTIONS = ("mute", "ban", "expel")


class FileWishIn(serializers.Serializer[None]):
    key = serializers.CharField(max_length=40)
    alt = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class MessageIn(serializers.Serializer[None]):
    text = serializers.CharField(max_length=services.MOST_CHARS, trim_whitespace=False, allow_blank=True)
    reply_to = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=2**53)
    id = serializers.CharField(
        required=False,
        max_length=40,
        help_text="Made by the caller: the same id again is answered, not repeated.",
    )
    files = serializers.ListField(child=FileWishIn(), required=False, default=list, max_length=services.MOST_FILES)


class ReactionIn(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=broadcasts.REACTIONS)


class RulesIn(serializers.Serializer[None]):
    """What is left out stays as it is."""

    open = serializers.BooleanField(required=False, source="is_open")
    slow = serializers.IntegerField(
        required=False, source="slow_seconds", min_value=0, max_value=services.MOST_SLOW_SECONDS
    )
    hosts = serializers.BooleanField(required=False, source="hosts_only")
    links = serializers.BooleanField(required=False, source="links_allowed")
    holds = serializers.ChoiceField(required=False, choices=Room.Holds.choices, allow_blank=True)
    newcomer_minutes = serializers.IntegerField(required=False, min_value=0, max_value=32767)
    hide_after = serializers.IntegerField(required=False, min_value=0, max_value=32767)
    display_rate = serializers.IntegerField(required=False, min_value=0, max_value=32767)


class PageIn(serializers.Serializer[None]):
    before = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=2**53)
    after = serializers.IntegerField(default=None, allow_null=True, min_value=0, max_value=2**53)
    around = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=2**53)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class ReportIn(serializers.Serializer[None]):
    reason = serializers.ChoiceField(choices=Report.Reason.choices)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DecideIn(serializers.Serializer[None]):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53), min_length=1, max_length=100
    )
    approve = serializers.BooleanField()


class SettleIn(serializers.Serializer[None]):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53), min_length=1, max_length=100
    )
    remove = serializers.BooleanField()


class BarIn(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=SANCTIONS)
    minutes = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=60 * 24 * 30
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class LiftIn(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=SANCTIONS)


class LogIn(serializers.Serializer[None]):
    before = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=2**53)
    limit = serializers.IntegerField(default=50, min_value=1, max_value=200)


class EverythingIn(serializers.Serializer[None]):
    """What everything that was said may be narrowed by."""

    room = serializers.IntegerField(required=False, min_value=1, max_value=2**53, help_text="Said there.")
    person = serializers.IntegerField(required=False, min_value=1, max_value=2**53, help_text="Said by them.")
    state = serializers.ChoiceField(
        choices=[(state, state) for state in selectors.STATES],
        default="all",
        help_text="`unshown`: stored, since the room was too lively to show it.",
    )
    text = serializers.CharField(required=False, max_length=100, help_text="Letters that stand in it.")


class RoomsIn(serializers.Serializer[None]):
    waiting = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Whether messages wait for a moderator there."
    )


class WordsIn(serializers.Serializer[None]):
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    action = serializers.ChoiceField(choices=Word.Action.choices, default=Word.Action.HOLD)
    words = serializers.ListField(
        child=serializers.CharField(max_length=services.MOST_WORD_CHARS), min_length=1, max_length=services.MOST_LINES
    )


class WordsPageIn(serializers.Serializer[None]):
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="")
    after = serializers.IntegerField(default=0, min_value=0, max_value=2**53)
    limit = serializers.IntegerField(default=200, min_value=1, max_value=500)


class GroupIn(serializers.Serializer[None]):
    name = serializers.CharField(max_length=80)
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53),
        required=False,
        default=list,
        max_length=services.MOST_INVITED,
    )


class GroupInviteIn(serializers.Serializer[None]):
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53), min_length=1, max_length=services.MOST_INVITED
    )


class InvitationAnswerIn(serializers.Serializer[None]):
    accept = serializers.BooleanField()


class EditIn(serializers.Serializer[None]):
    text = serializers.CharField(max_length=services.MOST_CHARS, trim_whitespace=False, allow_blank=True)


class FileIn(serializers.Serializer[None]):
    file = serializers.FileField(max_length=400, allow_empty_file=True)


class MarkIn(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=broadcasts.REACTIONS)
    on = serializers.BooleanField(default=True)


class PinIn(serializers.Serializer[None]):
    message = serializers.IntegerField(allow_null=True, min_value=1, max_value=2**53)


class ReadIn(serializers.Serializer[None]):
    seq = serializers.IntegerField(min_value=0, max_value=2**53)


class SearchIn(serializers.Serializer[None]):
    q = serializers.CharField(max_length=100)
    before = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=2**53)


class PeopleIn(serializers.Serializer[None]):
    q = serializers.CharField(max_length=60)


class ClockIn(serializers.Serializer[None]):
    begin = serializers.FloatField(default=0, min_value=0, max_value=7 * 24 * 3600)
    end = serializers.FloatField(min_value=0, max_value=7 * 24 * 3600)
    past = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=2**53)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["begin"] < attrs["end"] <= attrs["begin"] + 3600:
            raise serializers.ValidationError({"end": "It must lie behind the beginning, by at most an hour."})
        return attrs
