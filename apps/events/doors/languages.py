"""Fields of the desk's forms for a text in each language."""

from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from i18nfield.forms import I18nTextarea, I18nTextInput
from i18nfield.strings import LazyI18nString


class _Texts:
    """A text in each language; one that was stored without a language stands in the first."""

    locales: list[str]
    field: Any
    offered: list[str] | None = None
    """The languages of the event; what stands in others is kept, and not shown. None: all are shown."""

    def decompress(self, value: Any) -> list[str | None]:
        data = value.data if isinstance(value, LazyI18nString) else value
        if isinstance(data, dict):
            return [data.get(code) for code in self.locales]
        return [str(data) if data else None, *(None for _code in self.locales[1:])]

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """The language is named before each line already, so no line says it once more in its own place."""
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)  # type: ignore[misc]
        return {**attrs, "placeholder": ""}

    def format_output(self, rendered_widgets: list[str], id_: str) -> str:
        """Each line is labelled with its language, and the group with the field's own name."""
        names = dict(settings.LANGUAGES)
        lines = format_html_join(
            "",
            '<div class="in-language"{}><label for="{}_{}">{}</label>{}</div>',
            (
                (mark_safe("" if self.is_shown(code) else " hidden"), id_, place, names[code], mark_safe(line))
                for place, (code, line) in enumerate(zip(self.locales, rendered_widgets, strict=True))
            ),
        )
        group = '<div id="{}" class="in-languages" role="group" aria-label="{}">{}</div>'
        return format_html(group, id_, self.field.label or "", lines)

    def is_shown(self, code: str) -> bool:
        return self.offered is None or code in self.offered


class ShortTexts(_Texts, I18nTextInput):  # type: ignore[misc]
    pass


class LongTexts(_Texts, I18nTextarea):  # type: ignore[misc]
    pass
