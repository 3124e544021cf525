"""Words as people type them: cleaned, compared without case and plural, counted together."""

import hashlib
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache

from apps.polls.kinds import plurals

EDGES = " .,;:!?¡¿\"'“”„‘’«»()[]{}…-–—/\\*#"

WORD, REMEMBERED = 40, 20_000
"""Letters of a word that is remembered, and how many words are."""

ARABIC = re.compile("[\u0600-\u06ff]")
UNWRITTEN = re.compile("[\u0640\u064b-\u0652\u0670]")
"""Vowel signs, which hardly anybody writes, and the stroke that makes a word longer."""
SAME_LETTERS = str.maketrans("أإآٱى", "ااااي")
AL = "ال"


def clean(text: str, *, lines: bool = False) -> str:
    """Without what cannot be stored or seen; white space is one space, or of `lines`, at most one empty line."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode())
    if lines:
        rows = [" ".join(_visible(row).split()) for row in text.splitlines()]
        return "\n".join(row for place, row in enumerate(rows) if row or (place and rows[place - 1])).strip()
    return " ".join(_visible(text).split())


def clean_word(text: str) -> str:
    return clean(text).strip(EDGES)


def _visible(text: str) -> str:
    """Format characters stay where scripts need them (joiners), and go where they could hide or turn words."""
    return "".join(
        one if unicodedata.category(one) not in ("Cc", "Cf", "Co", "Cn") or one in "\u200c\u200d" else " "
        for one in text
    )


def fold(text: str) -> str:
    """Alike for what differs in case or width only. A cloud's words come again with each answer, and are remembered."""
    return _fold_word(text) if len(text) <= WORD else _fold(text)


@lru_cache(maxsize=REMEMBERED)
def _fold_word(word: str) -> str:
    return _fold(word)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def subject(text: str) -> str:
    """By what a decision about words names them."""
    return _subject_of_word(text) if len(text) <= WORD else _subject(text)


@lru_cache(maxsize=REMEMBERED)
def _subject_of_word(word: str) -> str:
    return _subject(word)


def _subject(text: str) -> str:
    return hashlib.sha256(fold(text).encode()).hexdigest()


def key(text: str) -> str:
    """Alike for what differs in case only; in Arabic also in vowel signs, in the forms of a letter, and in whether the
    article stands before it."""
    text = fold(text)
    if not ARABIC.search(text):
        return text
    words = UNWRITTEN.sub("", text).translate(SAME_LETTERS).split(" ")
    return " ".join(word[len(AL) :] if word.startswith(AL) and len(word) >= len(AL) + 3 else word for word in words)


def merged(counts: Mapping[str, int], language: str = "en") -> list[tuple[str, int]]:
    """What was said and how often, the most first: spellings of a word together, and a plural of this language with its
    singular where that was said too. Each as most people spelled it. It does not depend on the order of `counts`."""
    words: dict[str, dict[str, int]] = {}
    for spelling, number in counts.items():
        if number > 0:
            words.setdefault(key(spelling), {})[spelling] = number
    groups: dict[str, dict[str, int]] = {}
    for word in words:
        groups.setdefault(_root(word, words, language), {}).update(words[word])
    found = [(_usual(spellings), sum(spellings.values())) for spellings in groups.values()]
    return sorted(found, key=lambda entry: (-entry[1], fold(entry[0]), entry[0]))


def apart(words: Iterable[str], language: str = "en") -> list[str]:
    """One person's words without those that could be counted together with an earlier one: a cloud counts people."""
    kept, taken = [], set[str]()
    for word in words:
        forms = _forms(key(word), language)
        if taken.isdisjoint(forms):
            kept.append(word)
        taken |= forms
    return kept


def _forms(word: str, language: str) -> set[str]:
    """The word and every singular that it could be the plural of."""
    found = {word}
    for shorter in plurals.singulars(word, language):
        if shorter not in found:
            found |= _forms(shorter, language)
    return found


def _root(word: str, said: Container[str], language: str) -> str:
    singulars = plurals.singulars(word, language, among=said)
    return next((_root(one, said, language) for one in singulars if one != word), word)


def _usual(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
