"""All plural forms of a sentence, for scripts that count: the browser knows which form a number takes."""

from collections.abc import Callable

# A number of each of the CLDR's categories, in the languages that have it.
SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def forms(sentence: Callable[[int], str]) -> dict[str, str]:
    """`forms(lambda n: ngettext("%(count)s answer", "%(count)s answers", n))`; `plenary/ui/plural.js` chooses."""
    return {category: sentence(number) for category, number in SAMPLES.items()}
