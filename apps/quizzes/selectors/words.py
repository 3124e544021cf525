"""Answers as people read them."""

from typing import Any

from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from apps.quizzes.models import Task, Turn


def right_words(asked: Turn | Task) -> list[str]:
    """What would have been right; of what is typed, each spelling in the reader's language."""
    if asked.kind == "text":
        return list(dict.fromkeys(str(LazyI18nString(spelling)) for spelling in spellings_of(asked)))
    return words_of(asked, asked.key["right"])


def spellings_of(asked: Turn | Task) -> list[dict[str, str]]:
    """What is taken for a question whose answer is typed, each by language; of one drawn long ago in none."""
    if asked.kind != "text":
        return []
    spellings: list[dict[str, str]] = asked.key.get("spellings") or [{"": text} for text in asked.key["right"]]
    return spellings


def words_of(asked: Turn | Task, said: Any) -> list[str]:
    """What was chosen, in its order, or typed; of a question as it was asked."""
    if asked.kind == "truth":
        return [_("True") if said else _("False")]
    if "options" in asked.sheet:
        texts = {option["id"]: str(LazyI18nString(option["text"])) for option in asked.sheet["options"]}
        return [texts[place] for place in said]
    if isinstance(said, list):
        return [str(one) for one in said]
    return [f"{said} {asked.sheet.get('unit', '')}".strip()]
