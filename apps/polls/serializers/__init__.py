"""The shapes of what is posted to the API."""

from typing import Any, ClassVar

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from i18nfield.strings import LazyI18nString
from rest_framework import serializers

from apps.core.moments import validate_moment
from apps.polls import kinds, services
from apps.polls.models import Kind, Poll

TEXT_CHARS, OPTION_CHARS, END_CHARS = 300, 200, 80
MOST_ID = 2**53 - 1


def an_id(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MOST_ID, **kwargs)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]})
class TextIn(serializers.CharField):
    """A text, or one for each language: {"en": "…", "de": "…"}."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "languages": _("Say the languages by their codes: %(codes)s.") % {"codes": ", ".join(dict(settings.LANGUAGES))},
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if not isinstance(data, dict):
            return super().run_validation(data)
        if not data or not data.keys() <= dict(settings.LANGUAGES).keys():
            self.fail("languages")
        texts = {}
        for code, text in data.items():
            texts[code] = super().run_validation(text)
        return LazyI18nString(texts)


def a_number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=-kinds.FARTHEST_SENT, max_value=kinds.FARTHEST_SENT, **kwargs)


class ShareIn(serializers.Serializer[None]):
    option = a_number()
    points = a_number(help_text="From 0 to 100.")


class VoteIn(serializers.Serializer[None]):
    """One of these, as the poll's kind wants it."""

    # What is wrong with an answer its kind says, as on the socket.
    option = a_number(required=False, help_text="Of a single choice or a choice of pictures.")
    options = serializers.ListField(child=a_number(), required=False, help_text="Of a multiple choice.")
    value = a_number(required=False, help_text="Of a scale.")
    order = serializers.ListField(child=a_number(), required=False, help_text="Of a ranking: options, the best first.")
    points = ShareIn(many=True, required=False, help_text="Of 100 points to share out.")
    words = serializers.ListField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        required=False,
        help_text="Of a word cloud.",
    )
    text = serializers.CharField(
        allow_blank=True, trim_whitespace=False, required=False, help_text="Of an open text: up to 2000 characters."
    )
    revision = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="One more than that of the answer you know; a smaller one than what stands changes nothing.",
    )

    def said(self) -> kinds.Said:
        given = {name: self.validated_data[name] for name in kinds.ANSWER_FIELDS if name in self.validated_data}
        return msgspec.convert(given, kinds.Said)


class PollIn(serializers.Serializer[None]):
    question = TextIn(max_length=TEXT_CHARS)
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.SINGLE)
    options = serializers.ListField(child=TextIn(max_length=OPTION_CHARS), max_length=kinds.MOST_OPTIONS, default=list)
    pictures = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=kinds.MOST_OPTIONS,
        default=list,
        help_text="Keys of the event's pictures, in the order of the options.",
    )
    session = an_id(required=False, allow_null=True)
    results = serializers.ChoiceField(choices=Poll.Results.choices, default=Poll.Results.LIVE)
    may_change = serializers.BooleanField(default=True)
    anonymous = serializers.BooleanField(default=False)
    moderated = serializers.BooleanField(default=False)
    takes_late = serializers.BooleanField(default=False)
    least = serializers.IntegerField(required=False, allow_null=True, min_value=-1000, max_value=2000)
    most = serializers.IntegerField(required=False, allow_null=True, min_value=-1000, max_value=2000)
    low_words = TextIn(max_length=END_CHARS, required=False, allow_blank=True)
    high_words = TextIn(max_length=END_CHARS, required=False, allow_blank=True)
    seconds = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=services.LONGEST_SECONDS)
    closes_at = serializers.DateTimeField(required=False, allow_null=True, validators=[validate_moment])


class PollsQuery(serializers.Serializer[None]):
    """What a list of polls may be narrowed by."""

    state = serializers.ChoiceField(choices=Poll.State.choices, required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    session = an_id(required=False, help_text="Polls of this session.")


class TextsQuery(serializers.Serializer[None]):
    late = serializers.BooleanField(default=False, help_text="Those given with the recording.")


class AnswersQuery(serializers.Serializer[None]):
    late = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Only those given with the recording, or only the others.",
    )


class SaidQuery(serializers.Serializer[None]):
    page = serializers.IntegerField(default=1, min_value=1, max_value=100_000, help_text="1 where it is left out.")


class RunIn(serializers.Serializer[None]):
    do = serializers.ChoiceField(choices=sorted(services.DEEDS))
    seconds = serializers.IntegerField(
        required=False, min_value=1, max_value=services.LONGEST_SECONDS, help_text="To extend by; 30 if not said."
    )
    ends = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="To reset: the round that ends. It confirms, and resets only once.",
    )
    opens_at = serializers.DateTimeField(required=False, help_text="To schedule.", validators=[validate_moment])


class PollWordsIn(serializers.Serializer[None]):
    subjects = serializers.ListField(
        child=serializers.RegexField(r"^[0-9a-f]{64}$"), min_length=1, max_length=services.MOST_AT_ONCE
    )
    shown = serializers.BooleanField()


class KeepIn(serializers.Serializer[None]):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)


class NameIn(serializers.Serializer[None]):
    name = serializers.CharField(max_length=120)


class TemplatesQuery(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)


class UseIn(serializers.Serializer[None]):
    session = an_id(required=False, allow_null=True)
