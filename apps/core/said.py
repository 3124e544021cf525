"""Texts in several languages, as the database looks for them and sorts by them: their words, not how they are kept.

They are kept as JSON, which writes letters beyond ASCII in its own way and has the codes of languages beside the words.
Two functions of the database (migration `core.0002`) read it.
"""

from typing import Any

from django.conf import settings
from django.db.models import Expression, Func, TextField, Value
from django.db.models.functions import Lower
from django.db.models.lookups import IContains
from django.utils.translation import get_language
from i18nfield.fields import I18nCharField, I18nTextField


class AllSaid(Func):
    """What a text says, in each of its languages a line."""

    function = "core_all_said"
    output_field = TextField()  # type: ignore[var-annotated]


class SaidIn(Func):
    """What a text says to a reader of one language; where it is not in that one, in which i18nfield would show it."""

    function = "core_said_in"
    output_field = TextField()  # type: ignore[var-annotated]


def in_order(path: str) -> Expression:
    """By what a reader is shown, large and small letters alike."""
    return Lower(SaidIn(path, Value(get_language() or settings.LANGUAGE_CODE), Value(settings.LANGUAGE_CODE)))


class ContainsSaid(IContains):
    """`icontains` of these texts: finds the words in all their languages."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        super().__init__(AllSaid(lhs), rhs)


def look_for_words() -> None:
    for kind in (I18nCharField, I18nTextField):
        kind.register_lookup(ContainsSaid)


def is_said(field: object) -> bool:
    return isinstance(field, I18nCharField | I18nTextField)
