"""Write a picture anew, so that only its pixels come in: no EXIF place, no trailing bytes, turned upright."""

import contextlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from apps.core import pictures

MOST_PIXELS = 60_000_000
MOST_SIDE = 4096
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")


class BadPicture(Exception):
    """It cannot be read; `reason` is a code: picture or picture-size."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    path: Path
    mime: str
    width: int
    height: int


def rewrite(source: Path, folder: Path) -> Picture:
    """Decode and encode again, at most `MOST_SIDE` on a side: JPEG stays JPEG, all else becomes WebP.

    Of a moving GIF the first picture is kept: things that move belong in a film with a pause button.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(source, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise BadPicture("picture-size")
                return _write(opened, folder)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise BadPicture("picture-size") from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BadPicture("picture") from error


def pixels(head: bytes) -> int:
    """How many the first bytes say it has; 0 where they do not tell. Nothing is decoded."""
    with warnings.catch_warnings(), contextlib.suppress(Exception):
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(head), formats=FORMATS) as opened:
            return opened.width * opened.height
    return 0


def _write(opened: Image.Image, folder: Path) -> Picture:
    profile = opened.info.get("icc_profile")
    is_photo = opened.format == "JPEG"
    with pictures.in_turn(opened):
        picture = pictures.reduced(opened, MOST_SIDE)
        picture.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    with contextlib.suppress(Exception):  # damaged EXIF must not cost the picture
        picture.getexif().update(opened.getexif())
        picture = ImageOps.exif_transpose(picture)
    picture.info.clear()  # some writers copy XMP from here
    if is_photo:
        path, mime = folder / "picture.jpg", "image/jpeg"
        picture.save(path, "JPEG", quality=88, optimize=True, icc_profile=profile)
    else:
        path, mime = folder / "picture.webp", "image/webp"
        picture.save(path, "WEBP", quality=92, method=4, icc_profile=profile)
    return Picture(path, mime, *picture.size)
