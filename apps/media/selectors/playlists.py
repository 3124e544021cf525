"""Playlists of a ladder, with signed addresses (RFC 8216)."""

from collections.abc import Callable, Sequence

from django.core.cache import cache
from django.urls import reverse

from apps.core import clock
from apps.media.models import Asset, Encoding
from apps.media.registry import WINDOW_SECONDS, Missing, store
from apps.media.selectors import hls
from apps.media.selectors.added_sounds import rendition_of, sounds_of
from apps.media.selectors.subtitling import subtitles_of

PLAYLIST_SECONDS = 10 * 60
"""How long a browser may keep a playlist; far below the life of the addresses inside."""
STORED_SECONDS = 6 * 60 * 60


def renditions_of(encoding: Encoding) -> list[str]:
    """The names of everything in a ladder that has a media playlist of segments."""
    return [one["name"] for one in (*encoding.rungs, *encoding.sounds)]


def sound_url(asset: Asset) -> str:
    """The address of the sound alone, a media playlist by itself, for whoever saves data; empty where there is none."""
    if asset.state != Asset.State.READY or asset.encoding is None:
        return ""
    sounds = sounds_of(asset, asset.encoding)
    return reverse("media:rung", args=[asset.event.slug, asset.key, sounds[0]["name"]]) if sounds else ""


# Playlists --------------------------------------------------------------------------------------------------------
def master_playlist(asset: Asset, encoding: Encoding) -> str:
    """The HLS master (4.3.4): picture rungs, the sound alone, every sound and all words to choose from."""
    words = [
        hls.Rendition(
            "SUBTITLES",
            one.title,
            one.language,
            reverse("media:words", args=[asset.event.slug, asset.key, one.mark]),
        )
        for one in subtitles_of(asset)
    ]
    return hls.write_master(hls.Master(encoding.rungs, sounds_of(asset, encoding), words))


def playlist_of(asset: Asset, name: str) -> str | None:
    """Of a picture or a sound of a film, those that were added to it too; None where there is none of that name."""
    found = rendition_of(asset, asset.encoding, name) if asset.encoding else None
    return rung_playlist(*found, beside=asset.encoding) if found else None


def rung_playlist(encoding: Encoding, name: str, *, beside: Encoding | None = None) -> str | None:
    """One rendition's media playlist with signed segment addresses; None where there is no such rendition. One that
    goes with another ladder (`beside`) has its target, and begins where that does.

    The same for every reader for a while, and therefore kept: a talk of an hour names a thousand addresses.
    """
    if name not in renditions_of(encoding):
        return None
    window = int(clock.now().timestamp()) // (WINDOW_SECONDS // 4)
    mark = f"media.playlist.{encoding.key}.{name}.{window}"
    kept: str | None = cache.get(mark)
    if kept is None:
        text, film = stored(encoding, name), beside or encoding
        if text is None:
            return None
        folder = f"{encoding.folder}/{name}"
        segments = hls.read_segments(text, folder)
        starts = hls.read_start(stored(film, renditions_of(film)[0]) or text)
        kept = hls.write_media(hls.MediaList(segments, target_of(film), starts=starts), signer(folder, segments))
        cache.set(mark, kept, WINDOW_SECONDS // 4)
    return kept


def words_playlist(asset: Asset, mark: str) -> str | None:
    """The media playlist of words: one WebVTT segment of the film's length; None where there are none such."""
    found = next((one for one in subtitles_of(asset) if one.mark == mark), None)
    if found is None or not asset.encoding:
        return None
    segment = hls.Segment(found.url, asset.encoding.seconds)
    return hls.write_media(hls.MediaList([segment], hls.target_of([[segment]])), lambda name: name)


# What lies in storage ---------------------------------------------------------------------------------------------
def stored(encoding: Encoding, name: str) -> str | None:
    """A rendition's playlist as it was stored; it never changes."""
    mark = f"media.stored.{encoding.key}.{name}"
    text: str | None = cache.get(mark)
    if text is None:
        path, at = f"{encoding.folder}/{name}/index.m3u8", store()
        try:
            text = at.read(path, 0, at.size(path)).decode()
        except Missing:
            return None
        cache.set(mark, text, STORED_SECONDS)
    return text


def segments_of(encoding: Encoding, name: str) -> list[hls.Segment]:
    """Empty where it is not there."""
    return hls.read_segments(stored(encoding, name) or "", f"{encoding.folder}/{name}")


def target_of(encoding: Encoding) -> int:
    mark = f"media.target.{encoding.key}"
    known: int | None = cache.get(mark)
    if known is None:
        known = hls.target_of(segments_of(encoding, name) for name in renditions_of(encoding))
        cache.set(mark, known, STORED_SECONDS)
    return known


def signer(folder: str, segments: Sequence[hls.Segment]) -> Callable[[str], str]:
    """Signs the folder as a whole where the list names all of it; a list of some of a folder's segments gives those
    and no others."""
    if all(one.name.startswith(f"{folder}/") for one in segments):
        sign = store().urls(folder)
        return lambda name: sign(name.removeprefix(f"{folder}/"))
    return store().url
