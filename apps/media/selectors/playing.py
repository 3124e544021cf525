"""What a player is given: the stream, its still, its captions and chapters, and where its reader goes on."""

from datetime import datetime
from typing import TypedDict

from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import clock
from apps.media.models import Asset
from apps.media.registry import store
from apps.media.selectors.chapters import Part, chapters_of
from apps.media.selectors.simulive import simulive_url
from apps.media.selectors.storyboards import storyboard_url, waveform_url
from apps.media.selectors.transcripts import words_of
from apps.media.selectors.watching import place_of, watch_mark

SPEEDS = ("0.5", "0.75", "1", "1.25", "1.5", "2")
BEHIND_SECONDS = 12
"""So long after its hour a page shows what plays as live, the same for everybody: a segment of four seconds is listed
when it is over, a player looks every four seconds, and has so much again in hand."""


# What pages show --------------------------------------------------------------------------------------------------
def stream_url(asset: Asset) -> str:
    """The address of its master playlist; empty while it cannot be played, and of a film that is in the trash."""
    if not asset.is_shown or not asset.encoding_id:
        return ""
    return reverse("media:master", args=[asset.event.slug, asset.key])


def poster_url(asset: Asset) -> str:
    """A signed address of a still of the film; empty where there is none."""
    return store().url(asset.encoding.poster) if asset.encoding and asset.encoding.poster else ""


class Captions(TypedDict):
    """What a `<track>` needs."""

    url: str
    language: str
    label: str


def captions_of(asset: Asset) -> list[Captions]:
    """Its published transcripts; in other languages the texts that came inside the film."""
    if not asset.encoding:
        return []
    written: list[Captions] = [Captions(**words) for words in words_of(asset)]
    known = {words["language"] for words in written}
    return written + [
        {
            "url": reverse("media:captions", args=[asset.event.slug, asset.key, n]),
            "language": words["language"],
            "label": _language_name(words["language"]),
        }
        for n, words in enumerate(asset.encoding.captions)
        if words["language"] not in known
    ]


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code or str(_("Captions"))


class Player(TypedDict):
    """What templates/media/player.html shows."""

    key: str
    title: str
    url: str
    poster: str
    seconds: float
    captions: list[Captions]
    chapters: list[Part]
    is_sound: bool
    is_stream: bool
    """It comes from a running stream, or from elsewhere: how long it is, its playlist says."""
    asks: bool
    """It comes from another house: nothing of it is fetched before its reader plays it."""
    live_from: int | None
    """When the film's first second was on stage, in ms since the epoch; the server's clock is `now`."""
    now: int
    live_loop: bool
    live_behind: int
    """So many seconds behind its hour a page plays it."""
    speeds: tuple[str, ...]
    place: float
    """Where the reader stopped the last time, in seconds; and when that was, in ms since the epoch."""
    place_at: int
    watch: str
    """What beats of watching name the film by; empty where none are wanted."""
    storyboard: str
    waveform: str


def player(
    asset: Asset | None,
    *,
    person: User | None = None,
    live_from: datetime | None = None,
    live_loop: bool = False,
    live_until: datetime | None = None,
) -> Player | None:
    """None while there is nothing to play. Give an asset with its `event` and `encoding`, and who reads the page, who
    goes on where they stopped.

    `live_from` plays the recording as live: everybody at the same second, and what is to come is not to be had.
    `live_loop` begins it again where it is shorter than its hour, which ends `live_until`. Its captions are in the
    stream.
    """
    url = stream_url(asset) if asset else ""
    if asset is None or not url:
        return None
    if live_from:
        url = simulive_url(asset, live_from, live_loop, until=live_until)
    place = place_of(asset, None if live_from else person)
    return {
        "key": asset.key,
        "title": asset.title,
        "url": url,
        "poster": poster_url(asset),
        "seconds": asset.seconds or 0,
        "captions": [] if live_from else captions_of(asset),
        "chapters": [] if live_from else chapters_of(asset),
        "is_sound": asset.kind == Asset.Kind.AUDIO,
        "is_stream": False,
        "asks": False,
        "live_from": round(live_from.timestamp() * 1000) if live_from else None,
        "now": round(clock.now().timestamp() * 1000),
        "live_loop": live_loop,
        "live_behind": BEHIND_SECONDS,
        "speeds": SPEEDS,
        "place": place.second,
        "place_at": place.at,
        "watch": watch_mark(asset),
        "storyboard": "" if live_from else storyboard_url(asset),
        "waveform": "" if live_from else waveform_url(asset),
    }


def stream_player(*, key: str, title: str, url: str, poster: str = "", asks: bool = False) -> Player:
    """A running stream, or the HLS address of another house, which `asks` before it is fetched: the same player, which
    learns from the playlist whether it is live. `key` tells players of one page apart."""
    return {
        "key": key,
        "title": title,
        "url": url,
        "poster": poster,
        "seconds": 0,
        "captions": [],
        "chapters": [],
        "is_sound": False,
        "is_stream": True,
        "asks": asks,
        "live_from": None,
        "now": round(clock.now().timestamp() * 1000),
        "live_loop": False,
        "live_behind": 0,
        "speeds": SPEEDS,
        "place": 0,
        "place_at": 0,
        "watch": "",
        "storyboard": "",
        "waveform": "",
    }
