"""Texts in the event's languages, as organisers send and read them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from i18nfield.strings import LazyI18nString

from apps.events.serializers import InLanguages


def described(most: int) -> dict[str, Any]:
    """How such a text is described: as it is read, and as it may be written."""
    text = {"type": "string", "maxLength": most}
    codes = [code for code, _name in settings.LANGUAGES]
    several = {"type": "object", "propertyNames": {"enum": codes}, "additionalProperties": text}
    return {
        "oneOf": [several, text],
        "description": "By the codes of languages. A text alone is one in the event's main language.",
    }


class Texts(InLanguages):
    """A text that is read by language, and written so or as a text in the main one; what is written takes the place of
    all that stood there. With `blank` it may be none."""

    def __init__(self, *, max_length: int, blank: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self._blank = blank
        describe: Any = extend_schema_field(described(max_length))
        describe(self)

    def to_internal_value(self, data: Any) -> LazyI18nString:
        is_nothing = data == "" or (isinstance(data, dict) and not any(data.values()))
        return LazyI18nString("") if self._blank and is_nothing else super().to_internal_value(data)

    def to_representation(self, value: Any) -> dict[str, str]:
        said = value.data if isinstance(value, LazyI18nString) else value
        if isinstance(said, dict):
            return {code: words for code, words in said.items() if words}
        return {self.context["event"].default_language: str(said)} if said else {}
