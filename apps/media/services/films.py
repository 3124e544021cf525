"""A film as one file on this machine, for who works on it: its original, or what its ladder holds, joined as it is."""

from collections.abc import Callable
from pathlib import Path

from apps.media.adapters import joining, probe, sniff
from apps.media.models import Asset, Encoding
from apps.media.registry import Missing, store
from apps.media.selectors import hls, playlists

LADDER = "ladder"


def fetch_film(asset: Asset, folder: Path, beat: Callable[[], None]) -> Path:
    """A cut has no file of its own: its largest picture and first sound. Raises `Missing`, and `FfmpegError` where they
    cannot be joined."""
    if asset.has_file:
        return store().fetch(asset.original, folder, lambda _moved: beat())
    if asset.encoding is None:
        raise Missing(asset.original)
    place = folder / LADDER
    place.mkdir()
    found = [_fetch_rendition(asset.encoding, name, place / name, beat) for name in _chosen(asset.encoding)]
    return joining.join_renditions(found, place, pulse=lambda _seconds: beat())


def read_source(path: Path, beat: Callable[[float], None] | None = None) -> probe.Source:
    """What a film on this machine holds, opened as its bytes say and in no other way; raises `sniff.Unknown` and
    `probe.Unreadable`."""
    with path.open("rb") as file:
        found = sniff.sniff(file.read(sniff.HEAD_BYTES))
    return probe.inspect(path, demuxer=found.demuxer, beat=beat)


def _chosen(encoding: Encoding) -> list[str]:
    pictures = sorted(encoding.rungs, key=lambda rung: rung["height"])
    return [one["name"] for one in (*pictures[-1:], *encoding.sounds[:1])]


def _fetch_rendition(encoding: Encoding, name: str, place: Path, beat: Callable[[], None]) -> Path:
    """Its playlist, with its files beside it."""
    place.mkdir()
    here: dict[str, str] = {}
    segments = playlists.segments_of(encoding, name)
    for one in segments:
        for stored in filter(None, (one.init, one.name)):
            if stored not in here:
                here[stored] = f"{len(here):06}{Path(stored).suffix}"
                (place / here[stored]).write_bytes(store().read(stored, 0, store().size(stored)))
        beat()
    if not segments:
        raise Missing(f"{encoding.folder}/{name}")
    playlist = place / "index.m3u8"
    playlist.write_text(hls.write_media(hls.MediaList(segments, hls.target_of([segments])), here.__getitem__))
    return playlist
