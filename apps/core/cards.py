"""The picture beside a link that somebody passes on: an event's wall, and what it is about in large letters.

1200 × 630, as Open Graph has it. Its letters are those of the desk's Inter, which knows Latin, Greek and Cyrillic, and
for Arabic of Vazirmatn, which lies in `fonts` (both SIL Open Font License); a picture in Arabic is laid out from the
right. Chinese, Japanese and Korean are written where the machine has Noto Sans CJK, whose letters are 40 MB. A text in
another script is left out rather than written in boxes, and the wall stands alone.
"""

import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError, features

from apps.core import art, colour

VERSION = 3
"""Raised when the drawing changes, so that addresses change too."""
WIDTH, HEIGHT, TWICE = 1200, 630, 2
MARGIN, TEXT_WIDTH = 72, 800
LARGEST, SMALLEST, STEP = 84, 44, 8
MOST_LINES, MOST_BELOW = 4, 2
MOST_TITLE, MOST_LINE = 160, 70
LOGO = (320, 88)
MOST_LOGO_PIXELS = 4_000_000
LATIN, ARABIC, JAPANESE, KOREAN, CHINESE = "latin", "arabic", "japanese", "korean", "chinese"
LEADING = {LATIN: 1.14, ARABIC: 1.5, JAPANESE: 1.3, KOREAN: 1.3, CHINESE: 1.3}
"""The height of a line: Arabic reaches higher and lower."""
NOTO = {JAPANESE: 0, KOREAN: 1, CHINESE: 2}
"""Which of the typefaces in the one file of Noto Sans CJK: the same signs, drawn as each language draws them."""
NOTO_FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/noto-cjk",
)
"""Where Debian, Fedora and Arch put it."""
KANA, HANGUL = re.compile("[\u3040-\u30ff]"), re.compile("[\u1100-\u11ff\uac00-\ud7af]")
PIECE = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff](?:[\u3001\u3002\u3009\u300b\u300d\u300f\u30fb\u30fc\uff01\uff09\uff0c\uff1a\uff1f])*"
    "|[^\\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)
"""What a line is not broken in: a word, or one sign of Chinese or Japanese, with the marks that do not begin a line."""
NO_LETTER = "\U0010fffd"
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
    return next((text for text in texts if text and face_of(text)), "")


def face_of(text: str) -> str:
    """The letters in which all of a text can be written; "" where there are none. Arabic takes what joins its letters
    and puts them from right to left: Pillow does where it finds FriBiDi; elsewhere it is left out."""
    faces = [LATIN, *([ARABIC] if can_shape() else []), *([_eastern_face(text)] if can_write_eastern() else [])]
    letters = {letter for letter in text if not letter.isspace()}
    return next((face for face in faces if all(_has(face, letter) for letter in letters)), "")


def _eastern_face(text: str) -> str:
    """As which language draws them: of signs alone, nobody knows, and most are Chinese."""
    return JAPANESE if KANA.search(text) else KOREAN if HANGUL.search(text) else CHINESE


def can_shape() -> bool:
    return bool(features.check("raqm"))


def can_write_eastern() -> bool:
    return all(_noto(weight) for weight in ("Bold", "Regular"))


@lru_cache(maxsize=4096)
def _has(face: str, letter: str) -> bool:
    """Whether it is drawn as anything but the box that stands for what is missing."""
    drawn, box = (_plain(face).getmask(one) for one in (letter, NO_LETTER))
    return (drawn.size, bytes(drawn)) != (box.size, bytes(box))


@lru_cache(maxsize=5)
def _plain(face: str) -> ImageFont.FreeTypeFont:
    return _opened_font(face, "Medium", 24, layout_engine=ImageFont.Layout.BASIC)


def draw(card: Card, *, logo: bytes = b"") -> bytes:
    """The picture as a PNG. `logo` was checked and written anew when it was uploaded."""
    with _turn:
        picture = _wall(card)
        is_mirrored = face_of(card.title) == ARABIC
        if is_mirrored:
            picture = ImageOps.mirror(picture)
        _write(picture, card, _opened(logo) if logo else None, is_mirrored=is_mirrored)
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


def _write(picture: Image.Image, card: Card, logo: Image.Image | None, *, is_mirrored: bool) -> None:
    """From the left, or of an Arabic title from the right, whatever script the other lines are in."""
    pen = ImageDraw.Draw(picture)
    colours = colour.palette(card.brand, card.accent)
    ink, quiet = colours["on-brand"], colour.mix(colours["on-brand"], colours["brand"], 0.2)

    def line(text: str, top: int, letters: ImageFont.FreeTypeFont, fill: str, *, out: int = 0) -> None:
        """`out`: so far beyond the margin, where large letters seem to stand in."""
        side = WIDTH - MARGIN + out if is_mirrored else MARGIN - out
        # As a line of an Arabic text, also where it begins with a Latin word.
        way = "rtl" if is_mirrored and face_of(text) == ARABIC else None
        pen.text((side, top), text, font=letters, fill=fill, anchor="ra" if is_mirrored else "la", direction=way)

    if logo is not None:
        picture.paste(logo, (WIDTH - MARGIN - logo.width if is_mirrored else MARGIN, MARGIN), logo)
    elif above := writable(card.above)[:MOST_LINE]:
        letters = font(face_of(above), "Medium", 34)
        line(_fitting(above, letters), MARGIN, letters, quiet)
    title = writable(card.title)[:MOST_TITLE]
    face = face_of(title) or LATIN
    size, lines = _lines(title)
    height = round(size * LEADING[face])
    below_in = font(face_of(card.below) or LATIN, "Medium", 34)
    below = _wrapped(writable(card.below), below_in)[:MOST_BELOW]
    top = (HEIGHT - height * len(lines) - 46 * len(below)) // 2 + 16
    for number, words in enumerate(lines):
        line(words, top + number * height, font(face, "Bold", size), ink, out=3)
    for number, words in enumerate(below):
        line(_fitting(words, below_in), top + height * len(lines) + 18 + number * 46, below_in, ink)
    if foot := writable(card.foot)[:MOST_LINE]:
        small = font(face_of(foot), "Medium", 28)
        line(_fitting(foot, small), HEIGHT - MARGIN - 30, small, quiet)


def _lines(title: str) -> tuple[int, list[str]]:
    """The largest letters in which the title stands on few enough lines; cut where even the smallest are too large."""
    lines: list[str] = []
    face = face_of(title) or LATIN
    most = MOST_LINES - (face != LATIN)
    for size in range(LARGEST, SMALLEST - 1, -STEP):
        letters = font(face, "Bold", size)
        lines = _wrapped(title, letters)
        if len(lines) <= most - (size > 60) and all(letters.getlength(line) <= TEXT_WIDTH for line in lines):
            return size, lines
    letters = font(face, "Bold", SMALLEST)
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] += "…"
    return SMALLEST, [_fitting(line, letters) for line in kept]


def _wrapped(text: str, letters: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    end = 0
    for piece in PIECE.finditer(text):
        between = " " if piece.start() > end else ""
        longer = f"{lines[-1]}{between}{piece[0]}" if lines else piece[0]
        if lines and letters.getlength(longer) <= TEXT_WIDTH:
            lines[-1] = longer
        else:
            lines.append(piece[0])
        end = piece.end()
    return lines


def _fitting(text: str, letters: ImageFont.FreeTypeFont) -> str:
    if letters.getlength(text) <= TEXT_WIDTH:
        return text
    while text and letters.getlength(f"{text}…") > TEXT_WIDTH:
        text = text[:-1]
    return f"{text.rstrip()}…"


@lru_cache(maxsize=32)
def font(face: str, weight: str, size: int) -> ImageFont.FreeTypeFont:
    return _opened_font(face, weight, size)


def _opened_font(face: str, weight: str, size: int, **more: Any) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_file(face, weight), size, index=NOTO.get(face, 0), **more)


def _file(face: str, weight: str) -> str:
    if face in NOTO:
        return _noto("Bold" if weight == "Bold" else "Regular")
    if face == ARABIC:
        return str(Path(__file__).parent / "fonts" / f"Vazirmatn-{weight}.woff2")
    return str(files("unfold") / f"static/unfold/fonts/inter/Inter-{weight}.woff2")


@lru_cache(maxsize=2)
def _noto(weight: str) -> str:
    """The file that the machine has; "" where it has none."""
    found = (Path(folder) / f"NotoSansCJK-{weight}.ttc" for folder in NOTO_FOLDERS)
    return next((str(file) for file in found if file.is_file()), "")


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
