"""What plays elsewhere: which service an address is of, and under which address its player stands in a page.

Nobody is asked here. An address is taken apart by its own letters, and put together anew from what was understood, so
that nothing else of it reaches a page.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_ADDRESS = 500
YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com",
                     "youtube-nocookie.com"})  # fmt: skip
YOUTUBE_SHORT = "youtu.be"
VIMEO = frozenset({"vimeo.com", "www.vimeo.com"})
VIMEO_PLAYER = "player.vimeo.com"
VIDEO = re.compile(r"[A-Za-z0-9_-]{11}\Z")
NUMBER = re.compile(r"[0-9]{1,12}\Z")
HASH = re.compile(r"[0-9a-f]{6,40}\Z")
HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
UNDER_A_NAME = frozenset({"live", "embed", "shorts", "v"})
"""What stands before a film's name in YouTube's addresses."""


class Provider(StrEnum):
    HLS = "hls"
    YOUTUBE = "youtube"
    VIMEO = "vimeo"


NAMES = {Provider.YOUTUBE: "YouTube", Provider.VIMEO: "Vimeo"}


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that plays at another address than ours."""

    provider: Provider
    origin: str
    """From where it comes, as a policy of content names it."""
    player: str
    """What stands in the frame; of HLS the playlist."""
    page: str
    """Where it can be watched without us."""

    @property
    def name(self) -> str:
        """As people know it: the service, else the host."""
        return NAMES.get(self.provider) or self.origin.removeprefix("https://")

    @property
    def is_framed(self) -> bool:
        return self.provider is not Provider.HLS


def outside_of(address: str) -> Outside | None:
    """None where the address is none of a film or stream that we can show."""
    try:
        parts = urlsplit(address.strip())
        is_plain = parts.scheme == "https" and not parts.username and not parts.password and parts.port in (None, 443)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if not is_plain or not HOST.match(host) or len(address) > MOST_ADDRESS:
        return None
    steps = [step for step in parts.path.split("/") if step]
    if host in YOUTUBE or host == YOUTUBE_SHORT:
        return _youtube(host, steps, parts.query)
    if host in VIMEO or host == VIMEO_PLAYER:
        return _vimeo(host, steps, parts.query)
    if parts.path.lower().endswith(".m3u8"):
        query = f"?{parts.query}" if parts.query else ""
        playlist = f"https://{host}{parts.path}{query}"
        return Outside(Provider.HLS, f"https://{host}", playlist, playlist)
    return None


def _youtube(host: str, steps: list[str], query: str) -> Outside | None:
    if host == YOUTUBE_SHORT:
        found = steps[0] if steps else ""
    elif steps == ["watch"]:
        found = parse_qs(query).get("v", [""])[0]
    else:
        found = steps[1] if len(steps) > 1 and steps[0] in UNDER_A_NAME else ""
    if not VIDEO.match(found):
        return None
    origin = "https://www.youtube-nocookie.com"
    player = f"{origin}/embed/{found}?autoplay=1&playsinline=1&rel=0"
    return Outside(Provider.YOUTUBE, origin, player, f"https://www.youtube.com/watch?v={found}")


def _vimeo(host: str, steps: list[str], query: str) -> Outside | None:
    if steps[:1] == ["event"] and len(steps) > 1 and NUMBER.match(steps[1]):
        # A live event's player stands on the site itself.
        page = f"https://vimeo.com/event/{steps[1]}"
        return Outside(Provider.VIMEO, "https://vimeo.com", f"{page}/embed?autoplay=1", page)
    if host == VIMEO_PLAYER and steps[:1] == ["video"]:
        steps = steps[1:]
    elif steps[:1] in (["channels"], ["showcase"], ["album"]):
        steps = steps[3:] if steps[2:3] == ["video"] else steps[2:]
    elif steps[:1] == ["groups"] and steps[2:3] == ["videos"]:
        steps = steps[3:]
    if not steps or not NUMBER.match(steps[0]):
        return None
    # An unlisted film is shown to whoever knows its second name.
    secret = steps[1] if len(steps) > 1 else parse_qs(query).get("h", [""])[0]
    if secret and not HASH.match(secret):
        return None
    origin = f"https://{VIMEO_PLAYER}"
    player = f"{origin}/video/{steps[0]}?autoplay=1&dnt=1" + (f"&h={secret}" if secret else "")
    page = f"https://vimeo.com/{steps[0]}" + (f"/{secret}" if secret else "")
    return Outside(Provider.VIMEO, origin, player, page)


def validate_outside(address: str) -> None:
    if outside_of(address) is None:
        raise ValidationError(
            _(
                "Give the address of a film or stream that begins with https://: of YouTube or Vimeo, or one that ends"
                " in .m3u8."
            ),
            code="not_outside",
        )
