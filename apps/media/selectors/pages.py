"""The pages of a document, as pictures with signed addresses."""

from typing import TypedDict

from django.core.cache import cache
from django.urls import reverse

from apps.core import clock
from apps.media.models import Asset, DocumentPages
from apps.media.registry import WINDOW_SECONDS, store


class Page(TypedDict):
    """What an `<img>` needs."""

    number: int
    url: str
    small: str
    width: int
    height: int


def pages_url(asset: Asset) -> str:
    """The page that shows the document's pages; empty while there are none. Give an asset with its `event`."""
    if not asset.is_shown or not asset.pages_id:
        return ""
    return reverse("media:pages", args=[asset.event.slug, asset.key])


def pages_of(pages: DocumentPages) -> list[Page]:
    """The same for every reader for a while, and therefore kept: a document may have five hundred."""
    window = int(clock.now().timestamp()) // (WINDOW_SECONDS // 4)
    mark = f"media.pages.{pages.key}.{window}"
    kept: list[Page] | None = cache.get(mark)
    if kept is None:
        sign = store().urls(pages.folder)
        kept = [
            {
                "number": number,
                "url": sign(pages.picture(number)),
                "small": sign(pages.thumbnail(number)),
                "width": width,
                "height": height,
            }
            for number, (width, height) in enumerate(pages.sizes, 1)
        ]
        cache.set(mark, kept, WINDOW_SECONDS // 4)
    return kept
