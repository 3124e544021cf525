"""Draw the slides of the demo film with Pillow: shapes are drawn at twice their size and scaled down, to be smooth."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SCALE = 2
PAPER, INK, INK_2, INK_3 = "#eef2ec", "#123238", "#35545a", "#4a6266"
WATER, WATER_EDGE, PLAIN = "#9fd0dd", "#2c7391", "#c7dccb"
NOW, NOW_PALE, ROOM = "#c44f1c", "#f4d3bd", "#0c1a1c"

Point = tuple[float, float]


@cache
def font(size: float, weight: str = "Medium") -> ImageFont.FreeTypeFont:
    """Bricolage Grotesque for `Display` where the front-end libraries are installed, else the admin's Inter."""
    pixels = round(size * SCALE)
    if weight == "Display":
        folder = Path(settings.NODE_MODULES) / "@fontsource-variable/bricolage-grotesque/files"
        for path in sorted(folder.glob("*latin-wght-normal.woff2")):
            if "latin-ext" not in path.name:
                found = ImageFont.truetype(str(path), pixels)
                found.set_variation_by_axes([700])
                return found
        weight = "Bold"
    inter = files("unfold") / f"static/unfold/fonts/inter/Inter-{weight}.woff2"
    return ImageFont.truetype(str(inter), pixels)


class Canvas:
    """A picture that is drawn on in its own pixels."""

    def __init__(self, width: int, height: int, fill: str) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), fill)
        self._draw = ImageDraw.Draw(self.image)

    def done(self) -> Image.Image:
        return self.image.resize(self.size, Image.Resampling.BOX)

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        *,
        weight: str = "Medium",
        fill: str = INK,
        anchor: str = "ls",
        edge: str = "",
    ) -> None:
        x, y = at[0] * SCALE, at[1] * SCALE
        stroke = {"stroke_width": 2 * SCALE, "stroke_fill": edge} if edge else {}
        self._draw.text((x, y), words, font=font(size, weight), fill=fill, anchor=anchor, **stroke)  # type: ignore[arg-type]

    def lines(self, at: Point, words: Sequence[str], size: float, *, lead: float, weight: str, fill: str = INK) -> None:
        for n, line in enumerate(words):
            self.text((at[0], at[1] + n * lead), line, size, weight=weight, fill=fill)

    def rect(self, box: tuple[float, float, float, float], *, fill: str = "", edge: str = "", width: float = 2,
             round_by: float = 0) -> None:  # fmt: skip
        scaled = tuple(side * SCALE for side in box)
        self._draw.rounded_rectangle(
            scaled, round_by * SCALE, fill=fill or None, outline=edge or None, width=round(width * SCALE)
        )

    def circle(self, at: Point, radius: float, *, fill: str = "", edge: str = "", width: float = 2) -> None:
        self.ellipse(
            (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=fill, edge=edge, width=width
        )

    def ellipse(
        self, box: tuple[float, float, float, float], *, fill: str = "", edge: str = "", width: float = 2
    ) -> None:
        scaled = tuple(side * SCALE for side in box)
        self._draw.ellipse(scaled, fill=fill or None, outline=edge or None, width=round(width * SCALE))

    def path(self, points: Sequence[Point], *, fill: str, width: float) -> None:
        """A line with round ends and joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            radius = width * SCALE / 2
            self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def shape(self, points: Sequence[Point], *, fill: str = "", edge: str = "", width: float = 2) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        if fill:
            self._draw.polygon(scaled, fill=fill)
        if edge:
            self._draw.line([*scaled, scaled[0], scaled[1]], fill=edge, width=round(width * SCALE), joint="curve")

    def hatched(self, points: Sequence[Point]) -> None:
        """A field that floods on purpose."""
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points], fill=255)
        left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
        tile = Image.new("RGB", (right - left, bottom - top), NOW_PALE)
        pen = ImageDraw.Draw(tile)
        for x in range(-tile.height, tile.width, 8 * SCALE):
            pen.line([(x, tile.height), (x + tile.height, 0)], fill=NOW, width=2 * SCALE)
        self.image.paste(tile, (left, top), mask.crop((left, top, right, bottom)))
        self.shape(points, edge=NOW, width=2.5)


def curve(points: Sequence[Point], steps: int = 12) -> list[Point]:
    """A smooth line through the points (Catmull-Rom)."""
    ends = [points[0], *points, points[-1]]
    found: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for n in range(steps):
            t = n / steps
            found.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return [*found, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
