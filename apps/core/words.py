"""How languages write things: the names of a list, the two ends of a time, a number of a thousand and more."""

from collections.abc import Iterable

from django.utils import formats
from django.utils.translation import get_language_bidi, ngettext, pgettext


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
