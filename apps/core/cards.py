"""The picture beside a link that somebody passes on: an event's wall, and what it is about in large letters.

1200 × 630, as Open Graph has it. Its letters are those of the desk's Inter (SIL Open Font License), which knows Latin,
Greek and Cyrillic; a text in another script is left out rather than written in boxes, and the wall stands alone.
"""

import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from apps.core import art, colour

VERSION = 1
"""Raised when the drawing changes, so that addresses change too."""
WIDTH, HEIGHT, TWICE = 1200, 630, 2
MARGIN, TEXT_WIDTH = 72, 800
LARGEST, SMALLEST, STEP = 84, 44, 8
MOST_LINES, MOST_BELOW = 4, 2
MOST_TITLE, MOST_LINE = 160, 70
LOGO = (320, 88)
MOST_LOGO_PIXELS = 4_000_000
_WRITABLE = re.compile("[\u0020-\u024f\u0300-\u052f\u1e00-\u1fff\u2000-\u206f\u20a0-\u20bf\u2116\u2122]*")
_NUMBER = re.compile(r"-?\d+")
_turn = threading.Lock()
"""One card at a time: they are drawn once, and a process has other things to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is on it."""

    title: str
    above: str = ""
    below: str = ""
    foot: str = ""
    brand: str = "#0b4f5c"
    accent: str = "#f07030"
    seed: str = ""
    logo: str = ""
    """The name of the logo's file, which changes with what it shows."""

    @property
    def digest(self) -> str:
        """Names the content of the picture, so that its address may be cached for ever."""
        parts = (VERSION, self.title, self.above, self.below, self.foot, self.brand, self.accent, self.seed, self.logo)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def writable(*texts: str) -> str:
    """The first of these that our letters can write; "" where none is."""
    return next((text for text in texts if text and _WRITABLE.fullmatch(text)), "")


def draw(card: Card, *, logo: bytes = b"") -> bytes:
    """The picture as a PNG. `logo` was checked and written anew when it was uploaded."""
    with _turn:
        picture = _wall(card)
        _write(picture, card, _opened(logo) if logo else None)
        file = BytesIO()
        picture.save(file, "PNG")
    return file.getvalue()


def _wall(card: Card) -> Image.Image:
    """The brand's colour, and the event's river where no words stand."""
    colours = colour.palette(card.brand, card.accent)
    ground = Image.new("RGB", (WIDTH, HEIGHT), colours["brand"])
    river = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), colours["brand"])
    pen = ImageDraw.Draw(river)
    courses = art.courses(card.seed)
    scale = TWICE * HEIGHT / (2 * art.MIDDLE)
    shift = WIDTH * TWICE - art.WIDTH * scale
    for number, path in enumerate(courses):
        is_newest = number == len(courses) - 1
        shade = (
            colours["accent"] if is_newest else colour.mix(colours["brand"], colours["on-brand"], 0.05 + 0.03 * number)
        )
        points = [(x * scale + shift, y * scale) for x, y in _points(path)]
        pen.line(points, fill=shade, width=round(art.RIBBON * scale), joint="curve")
    shown = river.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    fade = Image.linear_gradient("L").rotate(90).resize((240, HEIGHT))
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    mask.paste(fade, (MARGIN + TEXT_WIDTH - 40, 0))
    mask.paste(255, (MARGIN + TEXT_WIDTH + 200, 0, WIDTH, HEIGHT))
    ground.paste(shown, (0, 0), mask)
    return ground


def _points(path: str, steps: int = 10) -> list[tuple[float, float]]:
    """Along a path of relative cubic curves, as `art` writes them."""
    numbers = [int(found) for found in _NUMBER.findall(path)]
    x, y, *rest = (float(number) for number in numbers)
    points = [(x, y)]
    for at in range(0, len(rest) - 5, 6):
        leave_x, leave_y, arrive_x, arrive_y, to_x, to_y = rest[at : at + 6]
        for step in range(1, steps + 1):
            way = step / steps
            left = 1 - way
            one, two, three = 3 * left * left * way, 3 * left * way * way, way**3
            points.append(
                (
                    x + one * leave_x + two * arrive_x + three * to_x,
                    y + one * leave_y + two * arrive_y + three * to_y,
                )
            )
        x, y = x + to_x, y + to_y
    return points


def _write(picture: Image.Image, card: Card, logo: Image.Image | None) -> None:
    pen = ImageDraw.Draw(picture)
    colours = colour.palette(card.brand, card.accent)
    ink, quiet = colours["on-brand"], colour.mix(colours["on-brand"], colours["brand"], 0.2)
    letters, small = font("Medium", 34), font("Medium", 28)
    if logo is not None:
        picture.paste(logo, (MARGIN, MARGIN), logo)
    elif above := writable(card.above)[:MOST_LINE]:
        pen.text((MARGIN, MARGIN), _fitting(above, letters), font=letters, fill=quiet)
    size, lines = _lines(writable(card.title)[:MOST_TITLE])
    height = round(size * 1.14)
    below = _wrapped(writable(card.below), letters)[:MOST_BELOW]
    top = (HEIGHT - height * len(lines) - 46 * len(below)) // 2 + 16
    for number, line in enumerate(lines):
        pen.text((MARGIN - 3, top + number * height), line, font=font("Bold", size), fill=ink)
    for number, line in enumerate(below):
        at = top + height * len(lines) + 18 + number * 46
        pen.text((MARGIN, at), _fitting(line, letters), font=letters, fill=ink)
    if foot := writable(card.foot)[:MOST_LINE]:
        pen.text((MARGIN, HEIGHT - MARGIN - 30), _fitting(foot, small), font=small, fill=quiet)


def _lines(title: str) -> tuple[int, list[str]]:
    """The largest letters in which the title stands on few enough lines; cut where even the smallest are too large."""
    lines: list[str] = []
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        letters = font("Bold", size)
        lines = _wrapped(title, letters)
        if len(lines) <= MOST_LINES - (size > 60) and all(letters.getlength(line) <= TEXT_WIDTH for line in lines):
            return size, lines
    letters = font("Bold", SMALLEST)
    kept = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        kept[-1] += "…"
    return SMALLEST, [_fitting(line, letters) for line in kept]


def _wrapped(text: str, letters: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.getlength(longer) <= TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fitting(text: str, letters: ImageFont.FreeTypeFont) -> str:
    if letters.getlength(text) <= TEXT_WIDTH:
        return text
    while text and letters.getlength(f"{text}…") > TEXT_WIDTH:
        text = text[:-1]
    return f"{text.rstrip()}…"


@lru_cache(maxsize=24)
def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    path = files("unfold") / f"static/unfold/fonts/inter/Inter-{weight}.woff2"
    return ImageFont.truetype(str(path), size)


def _opened(logo: bytes) -> Image.Image | None:
    """Small, and with its transparency; none where it cannot be read."""
    try:
        with Image.open(BytesIO(logo), formats=("WEBP", "PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_LOGO_PIXELS:
                return None
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    picture.thumbnail(LOGO, Image.Resampling.LANCZOS)
    return picture


def joined(words: Sequence[str]) -> str:
    return " · ".join(word for word in words if word)
