"""The kinds of questions: each knows how it is drawn up, how an answer is read, and how it is marked."""

from apps.quizzes.registry.base import TEXT_CHARS, Drawn, Incomplete, Kind, Said, invalid, kind_of, kinds, register
from apps.quizzes.registry.choosing import Multiple, Order, Single, Truth
from apps.quizzes.registry.typed import Number, Text

for kind in (Single(), Multiple(), Truth(), Order(), Number(), Text()):
    register(kind)

__all__ = ["TEXT_CHARS", "Drawn", "Incomplete", "Kind", "Said", "invalid", "kind_of", "kinds", "register"]
