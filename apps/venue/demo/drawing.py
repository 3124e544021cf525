"""What the demo event shows: portraits, the covers and signs of booths, and documents as plain PDF."""

import io
import math
import textwrap
from collections.abc import Sequence
from functools import partial

from PIL import Image

from apps.core import colour
from apps.venue.demo.film_drawing import Canvas, Point, curve

PORTRAIT = 480
COVER = (1600, 480)
SIGN = 160


# People -------------------------------------------------------------------------------------------------------------
def portrait(ground: str, coat: str, skin: str, hair: str, cut: str) -> bytes:
    """Head and shoulders in flat colours, as a PNG."""
    canvas = Canvas(PORTRAIT, PORTRAIT, ground)
    x, y = PORTRAIT / 2, 196.0
    if cut in ("long", "scarf"):
        canvas.rect((x - 96, y - 112, x + 96, y + 190), fill=hair, round_by=92)
    if cut == "knot":
        canvas.circle((x, y - 112), 40, fill=hair)
    canvas.rect((x - 190, y + 132, x + 190, PORTRAIT + 200), fill=coat, round_by=120)
    canvas.rect((x - 36, y + 40, x + 36, y + 160), fill=skin, round_by=34)
    if cut in ("short", "beard", "knot", "bob"):
        canvas.ellipse((x - 84, y - 106, x + 84, y + 50), fill=hair)
    if cut == "bob":
        canvas.rect((x - 88, y - 40, x + 88, y + 78), fill=hair, round_by=30)
        canvas.rect((x - 36, y + 40, x + 36, y + 160), fill=skin, round_by=34)
    canvas.ellipse((x - 75, y - 90, x + 75, y + 96), fill=skin)
    if cut == "beard":
        canvas.rect((x - 75, y + 14, x + 75, y + 99), fill=hair, round_by=52)
        canvas.ellipse((x - 42, y - 18, x + 42, y + 48), fill=skin)
    if cut in ("long", "knot", "bob"):
        fringe = ((x - 82, y - 6), (x - 44, y - 104), (x + 48, y - 104), (x + 82, y - 6), (x + 18, y - 62))
        canvas.shape(fringe, fill=hair)
    if cut == "scarf":
        canvas.ellipse((x - 88, y - 108, x + 88, y + 120), fill=hair)
        canvas.ellipse((x - 64, y - 72, x + 64, y + 92), fill=skin)
    return _png(canvas.done())


# Booths -------------------------------------------------------------------------------------------------------------
def cover(mark: str, brand: str) -> bytes:
    """The wall of a booth: its mark, large and to the right, so that the name has the left."""
    ink, soft = _inks(brand)
    canvas = Canvas(*COVER, brand)
    _MARKS[mark](canvas, (690.0, 24.0), 370.0, ink, soft)
    for row in range(3):
        points = [(x, 412 + row * 22 + 7 * math.sin(x / 62 + row)) for x in range(-20, COVER[0] + 40, 12)]
        canvas.path(points, fill=colour.mix(brand, ink, 0.7 - 0.22 * row), width=4)
    return _png(canvas.done())


def sign(mark: str, brand: str) -> bytes:
    """The mark alone, on the booth's own colour: it reads on light and on dark pages."""
    ink, soft = _inks(brand)
    canvas = Canvas(SIGN, SIGN, brand)
    _MARKS[mark](canvas, (30.0, 30.0), 100.0, ink, soft)
    return _png(_rounded(canvas.done(), 30))


def _inks(brand: str) -> tuple[str, str]:
    ink = colour.ink_on(brand)
    return ink, colour.mix(brand, ink, 0.35)


def _gauge(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y, bar = at[0] + size * 0.3, at[1], size / 11
    for step in range(5):
        top = y + step * 2 * bar
        canvas.rect((x, top, x + size * 0.4, top + bar), fill=ink)
        canvas.rect(
            (x + (0 if step % 2 else size * 0.2), top + bar, x + size * (0.2 if step % 2 else 0.4), top + 2 * bar),
            fill=ink,
        )
    canvas.path([(x - size * 0.03, y), (x - size * 0.03, y + size)], fill=ink, width=size / 40)
    canvas.path([(x + size * 0.43, y), (x + size * 0.43, y + size)], fill=ink, width=size / 40)


def _reed(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y = at
    for n, (root, tip, height) in enumerate(((0.5, 0.5, 1), (0.42, 0.2, 0.8), (0.58, 0.85, 0.74), (0.5, 0.34, 0.56))):
        stem = curve(
            [
                (x + size * root, y + size),
                (x + size * (root + tip) / 2, y + size * (1 - height / 2)),
                (x + size * tip, y + size * (1 - height)),
            ]
        )
        canvas.path(stem, fill=ink if n < 3 else soft, width=size / 26)
        if n < 2:
            canvas.ellipse(
                (
                    x + size * (tip - 0.045),
                    y + size * (1 - height) - size * 0.02,
                    x + size * (tip + 0.045),
                    y + size * (1.24 - height),
                ),
                fill=ink,
            )


def _contour(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    middle = (at[0] + size * 0.5, at[1] + size * 0.52)
    for ring in range(5):
        radius = size * (0.48 - ring * 0.095)
        bend = partial(_bent, middle, radius)
        canvas.path([bend(step / 40 * math.tau) for step in range(41)], fill=soft if ring % 2 else ink, width=size / 34)
    canvas.circle(middle, size / 24, fill=ink)


def _bent(middle: Point, radius: float, angle: float) -> Point:
    away = radius * (1 + 0.13 * math.sin(2 * angle + 0.6) + 0.06 * math.sin(3 * angle))
    return middle[0] + away * math.cos(angle), middle[1] + away * 0.86 * math.sin(angle)


def _bridge(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y = at
    canvas.rect((x, y + size * 0.26, x + size, y + size * 0.38), fill=ink)
    for middle in (0.18, 0.5, 0.82):
        arch = [
            (
                x + size * (middle - 0.13 * math.cos(angle / 12 * math.pi)),
                y + size * (0.6 - 0.15 * math.sin(angle / 12 * math.pi)),
            )
            for angle in range(13)
        ]
        canvas.path([(arch[0][0], y + size * 0.9), *arch, (arch[-1][0], y + size * 0.9)], fill=ink, width=size / 13)
    canvas.rect((x, y + size * 0.2, x + size, y + size * 0.23), fill=soft)


def _paving(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y = at
    stone = size / 3.4
    for row in range(3):
        for column in range(3):
            left, top = x + column * stone * 1.18, y + row * stone * 1.18
            filled = (row + column) % 2 == 0
            canvas.rect((left, top, left + stone, top + stone), fill=ink if filled else soft, round_by=stone / 8)
            canvas.circle((left + stone / 2, top + stone / 2), stone / 7, fill=soft if filled else ink)


def _culvert(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    middle = at[0] + size / 2
    for ring, radius in enumerate((0.5, 0.37, 0.24, 0.11)):
        low = at[1] + size * (0.5 + 0.06 * ring)
        canvas.circle((middle, low), size * radius, fill=ink if ring % 2 == 0 else soft)


def _pump(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y = at
    canvas.circle((x + size * 0.42, y + size * 0.6), size * 0.36, fill=ink)
    canvas.rect((x + size * 0.42, y + size * 0.1, x + size * 0.98, y + size * 0.32), fill=ink, round_by=size / 30)
    canvas.rect((x + size * 0.6, y + size * 0.1, x + size * 0.78, y + size * 0.66), fill=ink)
    canvas.circle((x + size * 0.42, y + size * 0.6), size * 0.16, fill=soft)


def _drop(canvas: Canvas, at: Point, size: float, ink: str, soft: str) -> None:
    x, y = at[0] + size / 2, at[1]
    canvas.circle((x, y + size * 0.64), size * 0.34, fill=ink)
    canvas.shape(((x, y), (x - size * 0.3, y + size * 0.52), (x + size * 0.3, y + size * 0.52)), fill=ink)
    canvas.shape(((x - size * 0.2, y + size * 0.72), (x, y + size * 0.5), (x + size * 0.2, y + size * 0.72)), fill=soft)
    canvas.rect((x - size * 0.14, y + size * 0.7, x + size * 0.14, y + size * 0.86), fill=soft)


_MARKS = {
    "gauge": _gauge,
    "reed": _reed,
    "contour": _contour,
    "bridge": _bridge,
    "paving": _paving,
    "culvert": _culvert,
    "pump": _pump,
    "drop": _drop,
}


def _rounded(picture: Image.Image, radius: float) -> Image.Image:
    mask = Canvas(*picture.size, "#000000")
    mask.rect((0, 0, picture.width - 1, picture.height - 1), fill="#ffffff", round_by=radius)
    picture.putalpha(mask.done().convert("L"))
    return picture


def _png(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


# Documents ----------------------------------------------------------------------------------------------------------
def pdf(title: str, by: str, pages: Sequence[str]) -> bytes:
    """Pages of text as PDF 1.4 with real letters in it, so that they can be searched and read out."""
    objects: list[bytes] = []
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    for number, text in enumerate(pages):
        fonts = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
        content = f"/Contents {6 + 2 * number} 0 R"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {fonts} {content} >>"
        objects.append(page.encode())
        stream = _page_stream(title, by, text, number + 1, len(pages))
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    return _assembled(objects)


def _page_stream(title: str, by: str, text: str, number: int, count: int) -> bytes:
    lines = ["BT /F2 24 Tf 64 742 Td 30 TL"]
    lines += [f"({_escaped(line)}) Tj T*" for line in textwrap.wrap(title, 38)]
    lines.append("/F1 12.5 Tf 19 TL T*")
    lines += [f"({_escaped(line)}) Tj T*" for line in textwrap.wrap(text, 74)]
    lines.append(f"ET BT /F1 9 Tf 64 48 Td ({_escaped(by)}, {number} / {count}) Tj ET")
    return "\n".join(lines).encode("cp1252", "replace")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: Sequence[bytes]) -> bytes:
    """The file with its table of places (ISO 32000-1, 7.5)."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
