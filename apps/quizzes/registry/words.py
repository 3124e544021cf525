"""Texts as quizzes carry and compare them."""

import re
import unicodedata
from typing import Any

SPACE = re.compile(r"\s+")
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def in_languages(text: Any, main: str) -> dict[str, str]:
    """An organiser's text in all its languages; `main` names the language of a text that has only one."""
    data = getattr(text, "data", text)
    found = data if isinstance(data, dict) else {main: data}
    return {code: str(words) for code, words in found.items() if words}


def is_ambiguous(number: str) -> bool:
    """Whether the comma in it may stand between thousands or before decimals."""
    return AMBIGUOUS.fullmatch(number) is not None


def fold(text: str) -> str:
    """What two spellings have in common that differ in case, accents, spaces or the marks around them."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return SPACE.sub(" ", bare).strip(" .,;:!?\"'“”„«»‘’()[]")
