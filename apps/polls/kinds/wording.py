"""Words as people type them: cleaned, compared without case and plural, counted together."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

PLURALS = (
    ("ies", "y"), ("ves", "f"), ("ciones", "ción"), ("ções", "ção"), ("ões", "ão"), ("eaux", "eau"), ("aux", "al"),
    ("es", ""), ("s", ""),
)  # fmt: skip
"""Endings of a plural and of its singular. They only ever bring words together that were both said."""
SHORTEST_SINGULAR = 3
EDGES = " .,;:!?¡¿\"'“”„‘’«»()[]{}…-–—/\\*#"


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
    """Alike for what differs in case or width only."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def subject(text: str) -> str:
    """By what a decision about words names them."""
    return hashlib.sha256(fold(text).encode()).hexdigest()


def merged(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was said and how often, the most first: spellings of a word together, and a plural with its singular where
    that was said too. Each as most people spelled it. It does not depend on the order of `counts`."""
    words: dict[str, dict[str, int]] = {}
    for spelling, number in counts.items():
        if number > 0:
            words.setdefault(fold(spelling), {})[spelling] = number
    groups: dict[str, dict[str, int]] = {}
    for word in words:
        groups.setdefault(_root(word, words), {}).update(words[word])
    found = [(_usual(spellings), sum(spellings.values())) for spellings in groups.values()]
    return sorted(found, key=lambda entry: (-entry[1], fold(entry[0]), entry[0]))


def apart(words: Iterable[str]) -> list[str]:
    """One person's words without those that could be counted together with an earlier one: a cloud counts people."""
    kept, taken = [], set[str]()
    for word in words:
        forms = _forms(fold(word))
        if taken.isdisjoint(forms):
            kept.append(word)
        taken |= forms
    return kept


def _forms(word: str) -> set[str]:
    """The word and every singular that it could be the plural of."""
    found = {word}
    for shorter in _singulars(word):
        found |= _forms(shorter)
    return found


def _singulars(word: str) -> Iterator[str]:
    for plural, singular in PLURALS:
        if word.endswith(plural) and not (plural == "s" and word.endswith("ss")):
            shorter = word[: -len(plural)] + singular
            if len(shorter) >= SHORTEST_SINGULAR:
                yield shorter


def _root(word: str, said: Mapping[str, object]) -> str:
    return next((_root(shorter, said) for shorter in _singulars(word) if shorter in said), word)


def _usual(spellings: Mapping[str, int]) -> str:
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))
