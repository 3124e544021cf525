"""The shapes of what is posted to the API, and of what it asks in its addresses."""

from rest_framework import serializers

from apps.questions import selectors
from apps.questions.models import (
    LEAST_CHARS,
    MOST_CHARS,
    MOST_REPLY_CHARS,
    MOST_TAG_CHARS,
    MOST_TAGS,
    MOST_WAIT,
    Question,
)


class AskIn(serializers.Serializer[None]):
    text = serializers.CharField(
        max_length=MOST_CHARS * 2, help_text="Its session's rules say how long it may be: see `rules.most_chars`."
    )
    anonymous = serializers.BooleanField(
        default=False, help_text="Asked without a name: nobody is shown whose it is. Not allowed in every session."
    )
    id = serializers.CharField(max_length=40, required=False, help_text="Names the wish: repeated, it is answered.")


class PageIn(serializers.Serializer[None]):
    sort = serializers.ChoiceField(
        choices=selectors.SORTS, default="votes", help_text="Most wanted first, newest first, unanswered, or your own."
    )
    tag = serializers.CharField(
        max_length=MOST_TAG_CHARS, required=False, default="", allow_blank=True, help_text="Only those with this tag."
    )
    text = serializers.CharField(
        max_length=selectors.MOST_SEARCHED,
        required=False,
        default="",
        allow_blank=True,
        help_text="Words that all must stand in the question or its reply.",
    )
    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)


class AllIn(serializers.Serializer[None]):
    """What the questions of all sessions may be narrowed by."""

    sort = serializers.ChoiceField(
        choices=[("newest", "newest"), ("votes", "votes")], default="newest", help_text="Newest, or most wanted first."
    )
    session = serializers.IntegerField(required=False, min_value=1, max_value=2**53, help_text="Those of this session.")
    state = serializers.ChoiceField(
        choices=[state for state in Question.State.choices if state[0] != Question.State.WITHDRAWN], required=False
    )
    tag = serializers.CharField(max_length=MOST_TAG_CHARS, required=False, help_text="Only those with this tag.")
    text = serializers.CharField(
        max_length=selectors.MOST_SEARCHED,
        required=False,
        help_text="Words that all must stand in the question or its reply.",
    )


class ExportIn(serializers.Serializer[None]):
    form = serializers.ChoiceField(choices=["csv", "xlsx"], default="csv", help_text="A table, or a workbook.")


class SimilarIn(serializers.Serializer[None]):
    q = serializers.CharField(max_length=MOST_CHARS * 2, allow_blank=True, help_text="What somebody is about to ask.")


class MoveIn(serializers.Serializer[None]):
    to = serializers.ChoiceField(choices=[state.value for state in Question.SETTABLE])


class AdvanceIn(serializers.Serializer[None]):
    after = serializers.IntegerField(
        min_value=1,
        max_value=2**53,
        required=False,
        allow_null=True,
        default=None,
        help_text="The question that you see on stage; null: none.",
    )
    to = serializers.ChoiceField(
        choices=["answered", "later", "new"], default="answered", help_text="What becomes of the one on stage."
    )


class ReplyIn(serializers.Serializer[None]):
    text = serializers.CharField(max_length=MOST_REPLY_CHARS * 2, allow_blank=True)


class TagsIn(serializers.Serializer[None]):
    tags = serializers.ListField(child=serializers.CharField(max_length=MOST_TAG_CHARS * 2), max_length=2 * MOST_TAGS)


class MergeIn(serializers.Serializer[None]):
    into = serializers.IntegerField(min_value=1, max_value=2**53)


class RulesIn(serializers.Serializer[None]):
    open = serializers.BooleanField(required=False, source="is_open")
    anonymous = serializers.BooleanField(required=False, source="is_anonymous_allowed")
    held = serializers.BooleanField(required=False, source="holds")
    most_chars = serializers.IntegerField(min_value=LEAST_CHARS, max_value=MOST_CHARS, required=False)
    wait = serializers.IntegerField(min_value=0, max_value=MOST_WAIT, required=False, source="wait_seconds")
