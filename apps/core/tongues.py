"""The languages that people speak: their codes, and what each is called in the reader's language."""

from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError
from django.utils.translation import get_language

SIGNED = ("sgn",)
"""Beside those with two letters."""


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Those of ISO 639-1 that have a name."""
    return frozenset(code for code in _names("en") if len(code) == 2) | frozenset(SIGNED)


@lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    try:
        found: dict[str, str] = dict(Locale.parse(language.replace("-", "_")).languages.items())  # type: ignore[arg-type]
        return found
    except (UnknownLocaleError, ValueError):
        return {}


def name(code: str) -> str:
    """German, Deutsch, الألمانية: as the reader says it, else in English, else the code."""
    known = _names(get_language() or "en")
    return known.get(code) or _names("en").get(code, code)


def with_region(code: str) -> str:
    """Portuguese (BR): of a code that may say for which country."""
    main, _mark, region = code.partition("-")
    return f"{name(main)} ({region.upper()})" if region else name(main)


def choices() -> list[tuple[str, str]]:
    """(code, name), by name."""
    return sorted(((code, name(code)) for code in codes()), key=lambda pair: pair[1].casefold())
