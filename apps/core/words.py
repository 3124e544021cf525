"""How languages write things: the names of a list, the two ends of a time, a number of a thousand and more. And words
that are kept with a row, to be said in the language of whoever reads it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import formats, translation
from django.utils.translation import get_language_bidi, gettext, ngettext, pgettext


class Number(int):
    """A count as it is read, 12,345; still a number, so that a sentence chooses its plural by it."""

    def __str__(self) -> str:
        return formats.number_format(int(self), force_grouping=True)


def apart(name: object) -> str:
    """The name, kept from turning round what stands beside it where the language is written from right to left."""
    return f"\u2068{name}\u2069" if get_language_bidi() else str(name)


def joined(parts: Iterable[object]) -> str:
    """A, B, C; what is empty is left out."""
    return pgettext("between the names of a list", ", ").join(apart(part) for part in parts if part)


def names(people: Iterable[object], *, most: int = 6) -> str:
    """A, B and C; of many, the first and how many more."""
    every = [apart(person) for person in people]
    shown = every[:most]
    more = len(every) - len(shown)
    if more:
        shown.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": Number(more)})
    if len(shown) < 2:
        return "".join(shown)
    last = pgettext("between the last two names of a list", " and ").join(shown[-2:])
    return pgettext("between the names of a list", ", ").join([*shown[:-2], last])


def until() -> str:
    """What stands between the beginning and the end of a time: 12:30 to 13:15."""
    return pgettext("between two times", "to")


def kept(words: object, values: Mapping[str, object] | None = None) -> list[Any]:
    """A sentence of ours as JSON: before it is translated and filled."""
    plain = {name: value if type(value) in (int, float) else str(value) for name, value in (values or {}).items()}
    with translation.override(None):  # as it stands in the source
        return [str(words), plain]


class Sentence(str):
    """A sentence of ours in the language that holds now, which remembers what it was before it was translated and
    filled: `told` is that, as JSON. Put together with other texts it is a text like any."""

    told: list[Any]

    def __mod__(self, values: Any) -> "Sentence":
        filled = Sentence(super().__mod__(values))
        if isinstance(values, Mapping):
            filled.told = [self.told[0], {name: _plain(value) for name, value in values.items()}]
        else:
            filled.told = [self.told[0], [_plain(one) for one in (values if isinstance(values, tuple) else (values,))]]
        return filled

    def cleaned(self, clean: Callable[[str], str]) -> "Sentence":
        """With what was filled in made harmless."""
        made = Sentence(clean(self))
        made.told = _cleaned(self.told, clean)
        return made


def sentence(message: object) -> Sentence:
    """To be imported as `_` where what is said is kept with a row."""
    if isinstance(message, str):
        source = message
    else:
        with translation.override(None):  # as it stands in the source
            source = str(message)
    made = Sentence(gettext(source))
    made.told = [source, {}]
    return made


def keepable(text: str) -> object:
    """For JSON: a sentence as it was before it was translated, any other text as it is. `said` reads both."""
    return text.told if isinstance(text, Sentence) else text


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return value.told
    return value if type(value) in (int, float) else str(value)


def _cleaned(told: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(told, list):
        words, values = told
        each = values.items() if isinstance(values, dict) else enumerate(values)
        made = {name: _cleaned(value, clean) for name, value in each}
        return [words, made if isinstance(values, dict) else [*made.values()]]
    return clean(told) if isinstance(told, str) else told


def said(told: object) -> str:
    """What was kept, in the language that holds now; words of before it was kept so stay as they are."""
    if not isinstance(told, list) or len(told) != 2:
        return str(told or "")
    words, values = told
    text = gettext(words) if words else ""
    if isinstance(values, list):
        return text % tuple(map(_in_words, values))
    return text % {name: _in_words(value) for name, value in values.items()} if values else text


def _in_words(value: object) -> object:
    """A sentence within a sentence is said like it."""
    return said(value) if isinstance(value, list) else value
