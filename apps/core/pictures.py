"""Pictures that people upload, checked and written anew: nothing of the file that came is kept but what it shows."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.errors import Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
BAND = 256
"""Rows of the smaller picture that are drawn at once."""
LARGE = 4_000_000
WAIT_SECONDS = 10
# Unpacked, 40 megapixels are up to 160 MB, and a hundred kilobytes are enough to ask for them: one at a time.
_turn = threading.Lock()


def square(file: IO[bytes], *, edge: int, field: str) -> bytes:
    """The middle of the picture as a WebP of edge by edge pixels."""
    picture = _opened(file, field=field, across=lambda long, short: -(-edge * long // short))
    return _webp(ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS))


def within(file: IO[bytes], *, edge: int, field: str, most_bytes: int = MOST_BYTES) -> bytes:
    """The whole picture as a WebP whose longer side is at most `edge` pixels."""
    return _webp(_opened(file, field=field, across=lambda _long, _short: edge, most_bytes=most_bytes))


def reduced(opened: Image.Image, most: int) -> Image.Image:
    """The picture that was opened, made smaller by a whole number while its longer side stays `most` pixels or more,
    in RGB or RGBA. Beside the unpacked pixels there is never a copy of all of them."""
    opened.draft("RGB", (most, most))
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    factor = max(opened.size) // max(1, most)
    if factor < 2:
        return opened if opened.mode == mode else opened.convert(mode)
    width, height = opened.size
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND * factor):
        band = opened.crop((0, top, width, min(height, top + BAND * factor)))
        small.paste((band if band.mode == mode else band.convert(mode)).reduce(factor), (0, top // factor))
    return small


@contextmanager
def in_turn(opened: Image.Image) -> Iterator[None]:
    """Of the large ones a process unpacks one at a time."""
    if opened.width * opened.height <= LARGE:
        yield
        return
    if not _turn.acquire(timeout=WAIT_SECONDS):
        message = _("Many large pictures arrive just now. Try again in a moment, or choose a smaller one.")
        raise Refused("picture.busy", message, retry_after=WAIT_SECONDS, status=503)
    try:
        yield
    finally:
        _turn.release()


def _webp(picture: Image.Image) -> bytes:
    result = BytesIO()
    picture.save(result, "WEBP", quality=86, method=4)
    return result.getvalue()


def _opened(
    file: IO[bytes], *, field: str, across: Callable[[int, int], int], most_bytes: int = MOST_BYTES
) -> Image.Image:
    """The picture, upright, made smaller than `across(longer side, shorter side)`."""
    content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise Refused(
            "picture.too_large",
            _("The picture is larger than %(most)s MB. Choose a smaller one."),
            values={"most": most_bytes // 1024**2},
            field=field,
            status=413,
        )
    unreadable = Refused(
        "picture.unreadable",
        _("This file could not be read as a picture. JPEG, PNG, WebP and GIF work, up to 40 megapixels."),
        field=field,
        status=422,
    )
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            # Its size stands in the head of the file: a bomb is refused before it is unpacked.
            if picture.width * picture.height > MOST_PIXELS:
                raise unreadable
            most = across(max(picture.size), min(picture.size))
            with in_turn(picture):
                small = reduced(picture, most)
                small.thumbnail((most, most), Image.Resampling.LANCZOS)
            # Its head says how it was held.
            small.getexif().update(picture.getexif())
            return ImageOps.exif_transpose(small)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise unreadable from error
