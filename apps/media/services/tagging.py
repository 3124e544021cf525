"""Tags of files: words that an event's files are found by."""

from collections.abc import Callable, Collection, Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused
from apps.events.models import Event
from apps.media.models import Asset


def tidied(tags: Iterable[str]) -> list[str]:
    """In small letters, sorted, each once. Raises `Refused` for too many, or one that is too long."""
    found = sorted({" ".join(tag.casefold().split()) for tag in tags} - {""})
    if len(found) > Asset.MOST_TAGS:
        raise Refused(
            "media.too_many_tags",
            _("A file has at most %(most)s tags."),
            values={"most": Asset.MOST_TAGS},
            field="tags",
            status=422,
        )
    if any(len(tag) > Asset.TAG_LENGTH or "," in tag for tag in found):
        raise Refused(
            "media.tag",
            _("A tag has at most %(most)s characters, and no comma."),
            values={"most": Asset.TAG_LENGTH},
            field="tags",
            status=422,
        )
    return found


def add_tags(event: Event, keys: Collection[str], tags: Iterable[str]) -> int:
    """Returns how many files got one. Raises `Refused`, and changes none, where one would have too many."""
    new = set(tidied(tags))
    return _tag(event, keys, lambda held: held | new)


def remove_tags(event: Event, keys: Collection[str], tags: Iterable[str]) -> int:
    gone = set(tidied(tags))
    return _tag(event, keys, lambda held: held - gone)


@transaction.atomic
def _tag(event: Event, keys: Collection[str], changed: Callable[[set[str]], set[str]]) -> int:
    rows = event.assets.filter(key__in=keys).order_by("pk").select_for_update(no_key=True, of=("self",))
    new = []
    for asset in rows:
        tags = tidied(changed(set(asset.tags)))
        if tags != asset.tags:
            asset.tags = tags
            new.append(asset)
    Asset.objects.bulk_update(new, ["tags"])
    return len(new)
