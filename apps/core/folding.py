"""Words as they are compared: without case, accents, invisible signs, and letters that only look like others."""

import re
import unicodedata

MOST_SPELT = 40
# Letters of other alphabets, and signs, that read as Latin ones. Both sides of a comparison are folded alike, so a
# word that is really written in Cyrillic or Greek still equals itself.
LOOKALIKES = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "о": "o",
        "р": "p", "ѕ": "s", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h",
        "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t",
        "υ": "u", "χ": "x", "ω": "w", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŀ": "l", "ɡ": "g",
        "æ": "ae", "œ": "oe",
    }
)  # fmt: skip
# Signs that stand in for letters inside a word. Numbers alone stay numbers.
STAND_INS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
WORD = re.compile(r"[\w@$!]+")
LETTER = re.compile(r"[^\W\d_]")
# Scripts that write without spaces: there a word has no boundaries to look for.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def folded(text: str) -> str:
    """One spelling for what reads alike: `Ｎaïve`, `naive` and `nа\u00adive` (with a Cyrillic а) are the same."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    return bare.translate(LOOKALIKES)


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order; letters that are spelt out (`s p a m`, `s.p.a.m`) make one word more."""
    found: list[str] = []
    spelt: list[str] = []
    for match in WORD.finditer(folded(text)):
        word = _as_letters(match.group())
        if not word:
            continue
        found.append(word)
        if len(word) == 1 and len(spelt) < MOST_SPELT:
            spelt.append(word)
            continue
        if len(spelt) > 2:
            found.insert(len(found) - 1, "".join(spelt))
        spelt = []
    if len(spelt) > 2:
        found.append("".join(spelt))
    return found


def _as_letters(word: str) -> str:
    bare = word.rstrip("!").lstrip("@!")
    if LETTER.search(bare):
        return bare.translate(STAND_INS)
    return "".join(sign for sign in bare if sign not in "@$!")


def is_unspaced(word: str) -> bool:
    """Whether the word's script has no spaces between words, so that it is looked for anywhere in a text."""
    return UNSPACED.search(word) is not None
