"""How languages write things: the names of a list, the two ends of a time, a number of a thousand and more. And words
that are kept with a row, to be said in the language of whoever reads it."""

from collections.abc import Iterable, Mapping
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


def said(told: object) -> str:
    """What was kept, in the language that holds now; words of before it was kept so stay as they are."""
    if not isinstance(told, list) or len(told) != 2:
        return str(told or "")
    words, values = told
    text = gettext(words) if words else ""
    return text % values if values else text
