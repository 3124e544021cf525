"""Texts in the event's languages, as organisers send and read them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from i18nfield.strings import LazyI18nString
from rest_framework import serializers

from apps.events.models import Event


def described(most: int) -> dict[str, Any]:
    """How such a text is described."""
    text = {"type": "string", "maxLength": most}
    codes = [code for code, _name in settings.LANGUAGES]
    several = {"type": "object", "propertyNames": {"enum": codes}, "additionalProperties": text}
    return {
        "oneOf": [several, text],
        "description": "By the codes of languages. A text alone is one in the event's main language.",
    }


class Texts(serializers.Field[Any, Any, Any, Any]):
    """A text in one or several languages of the event, which stands in the context as `event`. It is read by language,
    and written so or as a text in the main one; what is written takes the place of all that stood there."""

    default_error_messages = {
        "kind": _("Write a text, or one for each language."),
        "language": _("The event has no texts in this language."),
        "empty": _("This needs some words."),
    }

    def __init__(self, *, max_length: int, blank: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._text = serializers.CharField(max_length=max_length, allow_blank=True)
        self._blank = blank
        describe: Any = extend_schema_field(described(max_length))
        describe(self)

    def to_internal_value(self, data: Any) -> LazyI18nString:
        event: Event = self.context["event"]
        given = {event.default_language: data} if isinstance(data, str) else data
        if not isinstance(given, dict):
            self.fail("kind")
        if not given.keys() <= {*event.offered_languages}:
            self.fail("language")
        texts = {code: text for code, words in given.items() if (text := self._text.run_validation(words))}
        if not texts and not self._blank:
            self.fail("empty")
        return LazyI18nString(texts or "")

    def to_representation(self, value: Any) -> dict[str, str]:
        said = value.data if isinstance(value, LazyI18nString) else value
        if isinstance(said, dict):
            return {code: words for code, words in said.items() if words}
        return {self.context["event"].default_language: str(said)} if said else {}
