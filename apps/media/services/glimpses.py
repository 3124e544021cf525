"""Small pictures of who is in a green room, once a second, for those who choose who goes on stage.

They are kept in the cache for a few seconds, under the lease of the connection that brought them. `ingest` runs on
another machine than the pages; rows or files would be written and swept eight times a second for each green room; and a
picture of somebody who left has no business to remain anywhere.
"""

import io
from typing import Protocol

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from PIL import Image

from apps.core import clock
from apps.core.errors import Refused
from apps.live import publish
from apps.media import broadcasts
from apps.media.models import GLIMPSE_SIZE, Contribution
from apps.media.selectors.glimpses import facts_key, picture_key

KEPT_SECONDS = 10
"""Where nobody says before that no more come (`forget`)."""
MOST_BYTES = 32 * 1024


class Holder(Protocol):
    """Whoever was let in."""

    @property
    def contribution_id(self) -> int: ...
    @property
    def stream_id(self) -> int: ...
    @property
    def event_id(self) -> int: ...
    @property
    def lease(self) -> str: ...


def show(who: Holder, *, picture: bytes, loudness: int) -> None:
    """Raises `Refused` for what is no small JPEG. Nothing happens where their connection is not the one that counts."""
    check_glimpse(picture)
    if not Contribution.objects.filter(pk=who.contribution_id, lease=who.lease).exists():
        return
    number = round(clock.now().timestamp() * 1000)
    facts = {"picture": number, "loudness": max(0, min(100, loudness))}
    cache.set_many({picture_key(who.lease): picture, facts_key(who.lease): facts}, KEPT_SECONDS)
    publish.state(who.event_id, broadcasts.glimpses_topic(who.stream_id))


def forget(lease: str) -> None:
    """When the connection ends."""
    cache.delete_many([picture_key(lease), facts_key(lease)])


def check_glimpse(data: bytes) -> None:
    """A JPEG of one size. Its header is read, and nothing is decoded."""
    try:
        with Image.open(io.BytesIO(data[: MOST_BYTES + 1]), formats=["JPEG"]) as found:
            is_good = len(data) <= MOST_BYTES and found.size == GLIMPSE_SIZE
    except (OSError, ValueError, SyntaxError):
        is_good = False
    if not is_good:
        raise Refused("glimpse.invalid", _("This is no small JPEG."), status=400)
