"""Pictures that people upload, checked and written anew: nothing of the file that came is kept but what it shows."""

from collections.abc import Callable
from io import BytesIO
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.errors import Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
DIRECT = ("L", "LA", "RGB", "RGBA")


def square(file: IO[bytes], *, edge: int, field: str) -> bytes:
    """The middle of the picture as a WebP of edge by edge pixels."""
    picture = _opened(file, field=field, across=lambda long, short: -(-edge * long // short))
    return _webp(ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS))


def within(file: IO[bytes], *, edge: int, field: str) -> bytes:
    """The whole picture as a WebP whose longer side is at most `edge` pixels."""
    return _webp(_opened(file, field=field, across=lambda _long, _short: edge))


def _webp(picture: Image.Image) -> bytes:
    result = BytesIO()
    picture.save(result, "WEBP", quality=86, method=4)
    return result.getvalue()


def _opened(file: IO[bytes], *, field: str, across: Callable[[int, int], int]) -> Image.Image:
    """The picture, upright, made smaller than `across(longer side, shorter side)`."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(
            "picture.too_large", _("The picture is larger than 8 MB. Choose a smaller one."), field=field, status=413
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
            # Made small while it is unpacked, or at once: each copy of 40 megapixels is 160 MB, and a hundred
            # kilobytes are enough to ask for one.
            most = across(max(picture.size), min(picture.size))
            picture.draft("RGB", (most, most))
            small: Image.Image = picture if picture.mode in DIRECT else picture.convert("RGBA")
            small.thumbnail((most, most), Image.Resampling.LANCZOS)
            return ImageOps.exif_transpose(small).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise unreadable from error
