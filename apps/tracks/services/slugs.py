"""Addresses made from names, each once."""

from collections.abc import Iterable

from django.utils.text import slugify


class Slugs:
    """Gives out addresses that are not taken in one event."""

    def __init__(self, taken: Iterable[str], *, most: int) -> None:
        self.taken = set(taken)
        self.most = most
        self.next: dict[str, int] = {}

    def new(self, name: str, fallback: str) -> str:
        """From a name; from `fallback` where the name has no letter that an address can hold."""
        base = slugify(name)[: self.most - 6].strip("-_") or fallback
        slug, number = base, self.next.get(base, 1)
        while slug in self.taken:
            number += 1
            slug = f"{base}-{number}"
        self.next[base] = number
        self.taken.add(slug)
        return slug
