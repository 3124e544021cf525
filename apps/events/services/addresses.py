"""Addresses of events and organisations: chosen, or made from a name. Each is there once on the platform."""

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event, Organisation

Made = TypeVar("Made")
MOST_TRIES = 20
"""Of names that others take at the same moment, one after the other."""


def at_address(model: type[Event] | type[Organisation], *, slug: str, name: str, make: Callable[[str], Made]) -> Made:
    """What `make` makes at the address that was chosen, or else at one like the name; where somebody takes that one at
    this moment, at the next. Raises Refused where the address that was chosen is taken."""
    for _try in range(1 if slug else MOST_TRIES):
        address = slug or free_slug(model, name)
        try:
            with transaction.atomic():
                return make(address)
        except IntegrityError:
            if not model.objects.filter(slug=address).exists():
                raise
    raise address_taken(model)


def address_taken(model: type[Event] | type[Organisation]) -> Refused:
    if model is Organisation:
        words = _("Another organisation has this address. Choose another.")
        return Refused("organisation.slug_taken", words, field="slug")
    return Refused("event.slug_taken", _("Another event has this address. Choose another."), field="slug")


def free_slug(model: type[Event] | type[Organisation], name: str) -> str:
    """An address like the name that nobody has yet. Names without a letter that an address can hold share one, so the
    numbers behind it have no end."""
    base = slugify(name)[:50] or str(model._meta.model_name)
    taken = set(model.objects.filter(slug__regex=rf"^{base}(-[0-9]+)?$").values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
