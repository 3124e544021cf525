"""Of what a word could be the plural: by the endings of its language, each of which Snowball's stemmer must agree to
where the ending alone says too little."""

import threading
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

SHORTEST = 3
"""Letters of a singular."""
STEMMERS = {"en": "english", "de": "german"}
"""Arabic plurals are not what its stemmer is for: it takes the two apart."""
REMEMBERED_STEMS = 50_000


class Ending(NamedTuple):
    """`plural` at the end of a word becomes `singular`. `sure` needs no stemmer; `on` are the only ends of singulars
    that it is right for."""

    plural: str
    singular: str
    sure: bool = False
    on: tuple[str, ...] = ()


ENGLISH = (
    *(Ending(f"{one}ves", f"{one}{end}", sure=True) for one, end in (
        ("kni", "fe"), ("wi", "fe"), ("li", "fe"), ("lea", "f"), ("hal", "f"), ("shel", "f"), ("wol", "f"),
        ("sel", "f"), ("cal", "f"), ("loa", "f"), ("thie", "f"), ("el", "f"), ("scar", "f"), ("shea", "f"),
    )),
    Ending("ies", "y"),
    *(Ending(f"{one}es", one, sure=True) for one in ("ss", "x", "ch", "sh", "zz", "us", "o")),
    Ending("s", ""),
)  # fmt: skip
IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot", "teeth": "tooth",
    "mice": "mouse", "geese": "goose",
}  # fmt: skip
WITH_ER = (
    "kind", "bild", "feld", "geld", "kleid", "lied", "glied", "licht", "gesicht", "brett", "rind", "nest", "schild",
    "geist", "ei",
)  # fmt: skip
"""German nouns whose plural ends in -er and has no umlaut. Other words with it are another word: Fisch, Fischer."""
GERMAN = (
    Ending("innen", "in", sure=True), Ending("en", ""), Ending("n", ""), Ending("e", ""),
    Ending("er", "", sure=True, on=WITH_ER), Ending("s", "", sure=True),
)  # fmt: skip
UMLAUTS = {"ä": "a", "ö": "o", "ü": "u"}
UNDER_UMLAUT = (Ending("er", ""), Ending("e", ""), Ending("", "", on=("el", "er", "en")))
ARABIC = (
    Ending("ات", "ة", sure=True), Ending("ات", "ه", sure=True), Ending("ات", "", sure=True),
    Ending("ون", "", sure=True), Ending("ين", "", sure=True),
)  # fmt: skip
OTHERS = (
    Ending("ciones", "ción", sure=True), Ending("ções", "ção", sure=True), Ending("ões", "ão", sure=True),
    Ending("eaux", "eau", sure=True), Ending("aux", "al", sure=True), Ending("es", "", sure=True),
    Ending("s", "", sure=True),
)  # fmt: skip
"""In other languages: they only ever bring words together that were both said."""
ENDINGS = {"en": ENGLISH, "de": GERMAN, "ar": ARABIC}

_stemmers = {language: snowballstemmer.stemmer(name) for language, name in STEMMERS.items()}
_one_at_a_time = threading.Lock()


def singulars(word: str, language: str, among: Container[str] | None = None) -> Iterator[str]:
    """Of what this folded word could be the plural, the likeliest first; only what is `among` these words, if any are
    given. In a phrase its last word counts."""
    before, space, last = word.rpartition(" ")
    for shorter, is_sure, longer in _shorter(last, language):
        singular = before + space + shorter
        # A stemmer takes long: it is asked last.
        if (among is None or singular in among) and (is_sure or _stem(longer, language) == _stem(shorter, language)):
            yield singular


def _shorter(word: str, language: str) -> Iterator[tuple[str, bool, str]]:
    """What it is without an ending, whether that is sure, and else of what the stem must be the same."""
    if language == "en" and word in IRREGULAR:
        yield IRREGULAR[word], True, word
    for ending in ENDINGS.get(language, OTHERS):
        yield from _without(word, ending)
    if language == "de" and (plain := _without_umlaut(word)) != word:
        for ending in UNDER_UMLAUT:
            yield from _without(plain, ending)


def _without(word: str, ending: Ending) -> Iterator[tuple[str, bool, str]]:
    if not word.endswith(ending.plural) or (ending.plural == "s" and word.endswith("ss")):
        return
    shorter = word.removesuffix(ending.plural) + ending.singular
    if len(shorter) < SHORTEST or (ending.on and not shorter.endswith(ending.on)):
        return
    yield shorter, ending.sure, word


def _without_umlaut(word: str) -> str:
    """Without its last one: that is where a plural has it."""
    place = max(word.rfind(letter) for letter in UMLAUTS)
    return word if place < 0 else word[:place] + UMLAUTS[word[place]] + word[place + 1 :]


@lru_cache(maxsize=REMEMBERED_STEMS)
def _stem(word: str, language: str) -> str:
    """A stemmer keeps what it is at in itself, so threads take turns."""
    with _one_at_a_time:
        return str(_stemmers[language].stemWord(word))
