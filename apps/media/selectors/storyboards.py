"""What lies beside a ladder for looking ahead: the storyboard of a film, the waveform of a sound."""

import re

from django.urls import reverse

from apps.media.models import Asset, Encoding
from apps.media.registry import Missing, store

MOST_BYTES = 2 * 1024 * 1024
_SPRITE = re.compile(r"^(?P<file>[\w.-]+\.(?:jpe?g|webp|png))(?P<where>#xywh=\d+,\d+,\d+,\d+)$")


def storyboard_url(asset: Asset) -> str:
    if not asset.encoding or not asset.encoding.storyboard:
        return ""
    return reverse("media:storyboard", args=[asset.event.slug, asset.key])


def waveform_url(asset: Asset) -> str:
    if not asset.encoding or not asset.encoding.waveform:
        return ""
    return store().url(asset.encoding.waveform)


def storyboard_file(encoding: Encoding) -> str | None:
    """The WebVTT with the address of each sprite signed; None where there is none."""
    name = encoding.storyboard
    if not name:
        return None
    folder, at = name.rpartition("/")[0], store()
    try:
        text = at.read(name, 0, min(at.size(name), MOST_BYTES)).decode()
    except Missing:
        return None
    signed: dict[str, str] = {}

    def address(found: "re.Match[str]") -> str:
        file = found["file"]
        if file not in signed:
            signed[file] = at.url(f"{folder}/{file}")
        return signed[file] + found["where"]

    return "\n".join(_SPRITE.sub(address, line) for line in text.splitlines()) + "\n"
